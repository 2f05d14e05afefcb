// Two receivers that get different jobs: each owns the job it got.
// expect: none
#include "../stage.h"

struct job { int input, output; };
static chan(struct job *) c;

static void worker(void) {
    struct job *j;
    chan_range(j, c) j->output = j->input * 2;
}

int main(void) {
    struct job jobs[10];
    goro_wg wg = {0};
    c = chan_make(struct job *, 3);
    goro_wg_go(&wg, worker);
    goro_wg_go(&wg, worker);
    for (int i = 0; i < 10; i++) {
        jobs[i].input = i;
        chan_send(c, &jobs[i]);
    }
    chan_close(c);
    goro_wg_wait(&wg);
    int sum = 0;
    for (int i = 0; i < 10; i++) sum += jobs[i].output;
    chan_free(c);
    return sum != 90;
}
