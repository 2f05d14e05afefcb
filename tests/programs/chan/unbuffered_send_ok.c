// Unbuffered: what the sender did before the send is before what the receiver does after it.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1;
    chan_send(c, 1);
}

static void receiver(void) {
    chan_recv(c);
    use(x);
}

int main(void) {
    c = chan_make(int, 0);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
