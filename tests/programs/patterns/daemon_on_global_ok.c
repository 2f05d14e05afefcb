// A daemon that waits on a global channel for ever, by design, while main ends: a fact worth a warning, no error.
// expect: none
// allow: GL001
#include "../stage.h"

static chan(int) requests;

static void daemon_loop(void) {
    int v;
    chan_range(v, requests) use(v);
}

int main(void) {
    requests = chan_make(int, 0);
    go(daemon_loop);
    for (int i = 0; i < 5; i++) chan_send(requests, i);
    return 0;
}
