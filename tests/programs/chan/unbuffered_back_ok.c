// Unbuffered: what the receiver did before the receive is before what the sender does after the send.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    use(x);
}

static void receiver(void) {
    x = 1;
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 0);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
