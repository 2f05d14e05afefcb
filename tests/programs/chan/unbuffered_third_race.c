// An exchange orders the two that took part, not a third goroutine.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1; // race: first
    chan_send(c, 1);
    stage_done();
}

static void receiver(void) { chan_recv(c); }

static void third(void) {
    stage_await(1);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 0);
    together3(sender, receiver, third);
    chan_free(c);
    return 0;
}
