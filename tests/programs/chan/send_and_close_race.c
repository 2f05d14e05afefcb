// A send and a close that nothing orders: this run was lucky, the next one panics.
// expect: GC001
// exit: 0
// race-exit: 0
#include "../stage.h"

static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    stage_done();
}

static void closer(void) {
    stage_await(1);
    chan_close(c);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, closer);
    chan_recv(c);
    chan_free(c);
    return 0;
}
