// The default case orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) full, empty;

static void sender(void) {
    x = 1; // race: first
    chan_send(full, 1);
    stage_done();
}

static void chooser(void) {
    int v = 0;
    stage_await(1);
    chan_select {
        chan_case_send(full, 2) { goro_panic("there is no room"); }
        chan_case_recv(empty, v) { goro_panic("there is nothing: %d", v); }
        chan_default {
            use(x); // race: second
        }
    }
}

int main(void) {
    full = chan_make(int, 1);
    empty = chan_make(int, 0);
    together(sender, chooser);
    chan_recv(full);
    chan_free(full);
    chan_free(empty);
    return 0;
}
