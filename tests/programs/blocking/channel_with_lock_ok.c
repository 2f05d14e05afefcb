// The sender has let go of the lock before it sends.
// expect: none
#include "../live.h"

static goro_mutex mu;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    stage_done();
    goro_mutex_unlock(&mu);
    chan_send(c, 1);
}

static void two(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    chan_recv(c);
    goro_mutex_unlock(&mu);
}

int main(void) {
    c = chan_make(int, 0);
    live_start();
    together(one, two);
    live_stop();
    chan_free(c);
    return 0;
}
