// The signal comes first.
// expect: none
#include "../live.h"

static goro_mutex mu;
static goro_cond ready;
static bool is_ready;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    while (!is_ready) goro_cond_wait(&ready);
    goro_mutex_unlock(&mu);
    chan_send(c, 1);
}

static void two(void) {
    goro_mutex_lock(&mu);
    is_ready = true;
    goro_cond_signal(&ready);
    goro_mutex_unlock(&mu);
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 0);
    goro_cond_init(&ready, &mu);
    live_start();
    together(one, two);
    live_stop();
    chan_free(c);
    return 0;
}
