// Many producers, one channel, closed by the one who waits for all of them.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct item { int from, number; };

static void produce(chan_tx(struct item *) out, int from) {
    for (int i = 0; i < 10; i++) {
        struct item *it = malloc(sizeof *it);
        *it = (struct item){from, i};
        chan_send(out, it);
    }
}

static void close_after(goro_wg *wg, chan(struct item *) c) {
    goro_wg_wait(wg);
    chan_close(c);
}

int main(void) {
    chan(struct item *) c = chan_make(struct item *, 4);
    goro_wg wg = {0};
    struct item *it;
    int seen = 0;
    for (int i = 0; i < 8; i++) goro_wg_go(&wg, produce, chan_as_tx(c), i);
    go(close_after, &wg, c);
    chan_range(it, c) {
        seen++;
        free(it);
    }
    chan_free(c);
    return seen != 80;
}
