// The same with a default.
// expect: none
#include "../live.h"

static chan(int) c, never;

static void one(void) {
    int v = 0;
    chan_select {
        chan_case_send(c, 1) {}
        chan_case_recv(never, v) use(v);
        chan_default {}
    }
}

static void two(void) {
    chan_select {
        chan_case_send(c, 2) {}
        chan_default {}
    }
}

int main(void) {
    c = chan_make(int, 0);
    live_start();
    together(one, two);
    live_stop();
    chan_free(c);
    return 0;
}
