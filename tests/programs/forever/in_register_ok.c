// The only pointer to a channel is in a variable that an optimising compiler keeps in a register over the sleep.
// expect: none
#include "../live.h"

static goro_wg wg;

static void waiter(chan(int) c) {
    use(chan_recv(c));
    goro_wg_done(&wg);
}

static __attribute__((noinline)) chan(int) begin(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, c);
    return c;
}

int main(void) {
    live_start();
    register chan(int) c = begin();
    goro_sleep(GORO_SECOND / 5);
    chan_send(c, 1);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
