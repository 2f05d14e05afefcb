// A sender that waits when the channel is closed panics too.
// expect: GC001*1
// exit: 2
// stderr-has: panic: send on closed channel
#include "../stage.h"

static void sender(chan(int) c) {
    stage_done();
    chan_send(c, 1);
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    go(sender, c);
    stage_await(1);
    stage_pause();
    chan_close(c);
    goro_sleep(GORO_SECOND);
    return 0;
}
