// What was done before the close is before the receive that finds the channel closed.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void closer(void) {
    x = 1;
    chan_close(c);
}

static void receiver(void) {
    int v = 7;
    if (!chan_recv_ok(c, &v)) use(x);
}

int main(void) {
    c = chan_make(int, 0);
    together(closer, receiver);
    chan_free(c);
    return 0;
}
