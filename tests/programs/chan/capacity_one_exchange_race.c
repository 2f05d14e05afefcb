// Capacity 1: send 1 -> receive 1 and receive 1 -> send 2 do not chain, since what orders send 2 is the receiver as
// it was before it received. So the second sender knows nothing of the first.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void first_sender(void) {
    x = 1; // race: first
    chan_send(c, 1);
    stage_done();
}

static void second_sender(void) {
    stage_await(2);
    chan_send(c, 2);
    use(x); // race: second
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(c);
    stage_done();
    stage_await(3);
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together3(first_sender, second_sender, receiver);
    chan_free(c);
    return 0;
}
