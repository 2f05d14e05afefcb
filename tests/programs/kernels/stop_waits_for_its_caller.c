// A loop calls back; the callback stops the loop once and for all, and waits for its end: it is the loop itself that waits.
// expect: GD003*1
#include "../live.h"

struct loop {
    chan(int) inbox;
    chan(goro_empty) closing, ended;
    goro_once once;
};

static void shut(struct loop *l) {
    chan_close(l->closing);
    chan_recv(l->ended); // at: GD003
}
static void stop(struct loop *l) { goro_once_do(&l->once, shut, l); }

static void run(struct loop *l) {
    goro_empty nothing;
    bool over = false;
    int v;
    while (!over) {
        chan_select {
            chan_case_recv(l->inbox, v)
                if (v == 0) stop(l);
            chan_case_recv(l->closing, nothing) over = true;
        }
    }
    chan_close(l->ended);
}

static __attribute__((noinline)) void start(void) {
    struct loop *l = calloc(1, sizeof *l);
    if (!l) abort();
    l->inbox = chan_make(int, 0);
    l->closing = chan_make(goro_empty, 0);
    l->ended = chan_make(goro_empty, 0);
    go(run, l);
    chan_send(l->inbox, 0);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
