// ... but what the receiver does after that receive is unordered with the sender.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    stage_done();
    chan_send(c, 2);
    use(x); // race: first
}

static void receiver(void) {
    stage_await(1);
    stage_pause();
    chan_recv(c);
    x = 1; // race: second
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
