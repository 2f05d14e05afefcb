// Daemons that wait by design, on a channel and a cond that the program keeps, and locks that change hands.
// expect: GL001
#include "../live.h"

static chan(int) requests;
static goro_mutex mu;
static goro_cond cond;
static bool ready;

static void server(void) {
    int r;
    chan_range(r, requests) use(r); // at: GL001
}

static void watcher(void) {
    goro_mutex_lock(&mu);
    while (!ready) goro_cond_wait(&cond);
    goro_mutex_unlock(&mu);
    stage_done();
}

int main(void) {
    requests = chan_make(int, 0);
    goro_cond_init(&cond, &mu);
    live_start();
    go(server);
    go(watcher);
    goro_sleep(GORO_SECOND / 5);
    goro_mutex_lock(&mu);
    ready = true;
    goro_cond_broadcast(&cond);
    goro_mutex_unlock(&mu);
    stage_await(1);
    live_stop();
    return 0;
}
