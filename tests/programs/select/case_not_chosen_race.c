// A case that was not chosen orders nothing: the full channel's sender is unknown to the chooser.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) ready, full;

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
        chan_case_recv(ready, v) { use(v); }
    }
    use(x); // race: second
}

int main(void) {
    ready = chan_make(int, 1);
    full = chan_make(int, 1);
    chan_send(ready, 7);
    together(sender, chooser);
    chan_recv(full);
    chan_free(ready);
    chan_free(full);
    return 0;
}
