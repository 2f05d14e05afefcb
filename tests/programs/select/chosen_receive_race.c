// The chosen receive orders nothing that comes after its send.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) a, b;

static void sender(void) {
    chan_send(a, 1);
    x = 1; // race: first
}

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_recv(a, v) {
            use(x); // race: second
        }
        chan_case_recv(b, v) { goro_panic("nobody sends on b: %d", v); }
    }
}

int main(void) {
    a = chan_make(int, 0);
    b = chan_make(int, 0);
    together(sender, chooser);
    chan_free(a);
    chan_free(b);
    return 0;
}
