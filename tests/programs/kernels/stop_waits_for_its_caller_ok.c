// The callback asks another goroutine to stop the loop, and returns.
// expect: none
#include "../live.h"

struct loop {
    chan(int) inbox;
    chan(goro_empty) closing, ended;
    goro_once once;
};

static void shut(struct loop *l) {
    chan_close(l->closing);
    chan_recv(l->ended);
}
static void stop(struct loop *l) { goro_once_do(&l->once, shut, l); }

static void run(struct loop *l) {
    goro_empty nothing;
    bool over = false;
    int v;
    while (!over) {
        chan_select {
            chan_case_recv(l->inbox, v)
                if (v == 0) go(stop, l);
            chan_case_recv(l->closing, nothing) over = true;
        }
    }
    chan_close(l->ended);
}

int main(void) {
    struct loop l = {
        .inbox = chan_make(int, 0), .closing = chan_make(goro_empty, 0), .ended = chan_make(goro_empty, 0)};
    live_start();
    go(run, &l);
    chan_send(l.inbox, 0);
    chan_recv(l.ended);
    stop(&l); /* returns when the first stop has */
    live_stop();
    return 0;
}
