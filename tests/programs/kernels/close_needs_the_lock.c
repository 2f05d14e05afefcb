// A hub sends to its listener with its lock held; the listener, instead of receiving, wants the lock to leave. What would free
// the sender, closing the listener's channel, needs the sender's lock.
// expect: GD003*1
#include "../live.h"

struct hub {
    goro_mutex mu;
    chan(int) listener;
};

static void tell(struct hub *h) {
    goro_mutex_lock(&h->mu);
    stage_done();
    if (h->listener) chan_send(h->listener, 1); // at: GD003
    goro_mutex_unlock(&h->mu);
}

static void leave(struct hub *h) {
    stage_await(1);
    goro_mutex_lock(&h->mu); // at: GD003
    chan_close(h->listener);
    h->listener = NULL;
    goro_mutex_unlock(&h->mu);
}

static __attribute__((noinline)) void start(void) {
    struct hub *h = calloc(1, sizeof *h);
    if (!h) abort();
    h->listener = chan_make(int, 0);
    go(tell, h);
    go(leave, h);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
