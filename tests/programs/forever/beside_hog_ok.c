// Whoever computes knows the channels: through memory that only a variable of its own leads to.
// expect: none
// mode: race
#include "../stage.h"

#include <stdlib.h>

struct job {
    struct job *next;
    chan(int) answer;
};

static volatile int rounds;

static void worker(goro_wg *wg, chan(int) c) {
    chan_send(c, 1);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    struct job *first = NULL;
    for (int i = 0; i < 3; i++) {
        struct job *j = malloc(sizeof *j);
        *j = (struct job){first, chan_make(int, 0)};
        first = j;
        goro_wg_add(&wg, 1);
        go(worker, &wg, j->answer);
    }
    for (int i = 0; i < 6000000; i++) use(rounds);
    for (struct job *next; first; first = next) {
        next = first->next;
        use(chan_recv(first->answer));
        free(first);
    }
    goro_wg_wait(&wg);
    return 0;
}
