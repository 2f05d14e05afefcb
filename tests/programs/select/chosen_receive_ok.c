// The chosen receive orders as a receive.
// expect: none
#include "../stage.h"

static int x;
static chan(int) a, b;

static void sender(void) {
    x = 1;
    chan_send(a, 1);
}

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_recv(a, v) { use(x); }
        chan_case_recv(b, v) { goro_panic("nobody sends on b"); }
    }
    if (v != 1) goro_panic("received %d", v);
}

int main(void) {
    a = chan_make(int, 0);
    b = chan_make(int, 0);
    together(sender, chooser);
    chan_free(a);
    chan_free(b);
    return 0;
}
