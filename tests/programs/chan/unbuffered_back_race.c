// With a buffer the receive orders nothing for that same send.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    use(x); // race: first
}

static void receiver(void) {
    x = 1; // race: second
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
