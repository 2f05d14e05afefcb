// The Add is another goroutine's, but main has heard of it before it waits; and adds among themselves need no order.
// expect: none
#include "../stage.h"

static goro_wg wg;

static void worker(void) {
    goro_wg_add(&wg, 1);
    goro_wg_done(&wg);
}

static void starter(chan(goro_empty) told) {
    goro_wg_add(&wg, 1);
    chan_send(told, (goro_empty){});
    go(worker); /* adds while the counter is not zero */
    stage_pause();
    goro_wg_done(&wg);
}

int main(void) {
    chan(goro_empty) told = chan_make(goro_empty, 0);
    go(starter, told);
    go(starter, told);
    chan_recv(told);
    chan_recv(told);
    goro_wg_wait(&wg);
    return 0;
}
