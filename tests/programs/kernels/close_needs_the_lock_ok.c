// The hub listens for the end, too, which is told without the lock.
// expect: none
#include "../live.h"

struct hub {
    goro_mutex mu;
    chan(int) listener;
    chan(goro_empty) left;
};

static void tell(struct hub *h) {
    goro_empty nothing;
    goro_mutex_lock(&h->mu);
    stage_done();
    chan_select {
        chan_case_send(h->listener, 1) use(1);
        chan_case_recv(h->left, nothing) use(2);
    }
    goro_mutex_unlock(&h->mu);
}

static void leave(struct hub *h) {
    stage_await(1);
    chan_close(h->left);
    goro_mutex_lock(&h->mu);
    h->listener = NULL;
    goro_mutex_unlock(&h->mu);
}

int main(void) {
    struct hub h = {.listener = chan_make(int, 0), .left = chan_make(goro_empty, 0)};
    goro_wg wg = {0};
    live_start();
    goro_wg_go(&wg, tell, &h);
    goro_wg_go(&wg, leave, &h);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
