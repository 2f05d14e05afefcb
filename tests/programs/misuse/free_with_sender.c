// A channel is freed while a goroutine waits to send on it.
// expect: GC004
// allow: GL001
#include "../stage.h"

static void sender(chan(int) c) {
    stage_done();
    chan_send(c, 1); // waits for ever
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    go(sender, c);
    stage_await(1);
    stage_pause();
    chan_free(c);
    return 0;
}
