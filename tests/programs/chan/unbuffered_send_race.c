// What the sender does after the send is unordered with the receiver.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    x = 1; // race: first
}

static void receiver(void) {
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 0);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
