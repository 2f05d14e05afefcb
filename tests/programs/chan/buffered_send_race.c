// Receive k knows send k, not send k + 1, although that is long over.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    x = 1; // race: first
    chan_send(c, 2);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(c);
    use(x); // race: second
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 2);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
