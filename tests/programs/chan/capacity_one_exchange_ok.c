// One item later the receiver's knowledge of the first sender has come round: receive 2 happens after it received
// from the first sender, and receive 2 -> send 3.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void first_sender(void) {
    x = 1;
    chan_send(c, 1);
    stage_done();
}

static void second_sender(void) {
    stage_await(1);
    chan_send(c, 2);
    chan_send(c, 3);
    use(x);
}

static void receiver(void) {
    for (int i = 0; i < 3; i++) chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together3(first_sender, second_sender, receiver);
    chan_free(c);
    return 0;
}
