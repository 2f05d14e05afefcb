// A receive chosen because the channel was closed is after the close.
// expect: none
#include "../stage.h"

static int x;
static chan(int) values;
static chan(goro_empty) quit;

static void closer(void) {
    x = 1;
    chan_close(quit);
}

static void chooser(void) {
    int v;
    goro_empty none;
    bool ok = true;
    chan_select {
        chan_case_recv(values, v) { goro_panic("nobody sends: %d", v); }
        chan_case_recv_ok(quit, none, ok) { use(x); }
    }
    if (ok) goro_panic("a closed channel gave ok");
    (void)none;
}

int main(void) {
    values = chan_make(int, 0);
    quit = chan_make(goro_empty, 0);
    together(closer, chooser);
    chan_free(values);
    chan_free(quit);
    return 0;
}
