// Buffered: send k is before the return of receive k.
// expect: none
#include "../stage.h"

static int x[4];
static chan(int) c;

static void sender(void) {
    for (int i = 0; i < 4; i++) {
        x[i] = 1;
        chan_send(c, i);
    }
}

static void receiver(void) {
    for (int i = 0; i < 4; i++) use(x[chan_recv(c)]);
}

int main(void) {
    c = chan_make(int, 3);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
