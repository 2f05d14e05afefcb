// The chosen send orders as a send, on an unbuffered channel both ways.
// expect: none
#include "../stage.h"

static int x, y;
static chan(int) a, b;

static void chooser(void) {
    int v = 0;
    x = 1;
    chan_select {
        chan_case_send(a, 1) { use(y); }
        chan_case_recv(b, v) { goro_panic("nobody sends on b: %d", v); }
    }
}

static void receiver(void) {
    y = 1;
    chan_recv(a);
    use(x);
}

int main(void) {
    a = chan_make(int, 0);
    b = chan_make(int, 0);
    together(chooser, receiver);
    chan_free(a);
    chan_free(b);
    return 0;
}
