// A NULL channel in a select switches its case off, and len and cap of one are 0.
// expect: none
#include "../live.h"

static chan(int) never, c;

static void one(void) { chan_send(c, 1); }
static void two(void) {
    int v = 0;
    chan_select {
        chan_case_recv(never, v) abort();
        chan_case_recv(c, v) use(v);
    }
}

int main(void) {
    live_start();
    c = chan_make(int, 0);
    together(one, two);
    live_stop();
    chan_free(c);
    return (int)(chan_len(never) + chan_cap(never));
}
