// A chosen send into a buffer has learnt nothing from the receiver.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) a, b;

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_send(a, 1) {
            use(x); // race: first
        }
        chan_case_recv(b, v) { goro_panic("nobody sends on b: %d", v); }
    }
}

static void receiver(void) {
    x = 1; // race: second
    chan_recv(a);
}

int main(void) {
    a = chan_make(int, 1);
    b = chan_make(int, 0);
    together(chooser, receiver);
    chan_free(a);
    chan_free(b);
    return 0;
}
