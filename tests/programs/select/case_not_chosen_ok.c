// The same with the case chosen by the only receive that is possible.
// expect: none
#include "../stage.h"

static int x;
static chan(int) empty, full;

static void sender(void) {
    x = 1;
    chan_send(full, 1);
}

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_recv(empty, v) { goro_panic("nobody sends"); }
        chan_case_recv(full, v) { use(v); }
    }
    use(x);
}

int main(void) {
    empty = chan_make(int, 1);
    full = chan_make(int, 1);
    together(sender, chooser);
    chan_free(empty);
    chan_free(full);
    return 0;
}
