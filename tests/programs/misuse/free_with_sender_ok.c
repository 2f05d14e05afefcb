// The channel is freed when the sender's value has been taken.
// expect: none
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
    int got = chan_recv(c);
    chan_free(c);
    return got - 1;
}
