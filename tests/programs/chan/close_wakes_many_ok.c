// One close wakes everyone who waits, and orders each after the closer.
// expect: none
#include "../stage.h"

static int x;
static chan(goro_empty) start;

static void runner(goro_wg *ready) {
    goro_wg_done(ready);
    chan_recv(start);
    use(x);
}

int main(void) {
    goro_wg ready = {0}, wg = {0};
    start = chan_make(goro_empty, 0);
    goro_wg_add(&ready, 20);
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, runner, &ready);
    goro_wg_wait(&ready);
    x = 1;
    chan_close(start);
    goro_wg_wait(&wg);
    chan_free(start);
    return 0;
}
