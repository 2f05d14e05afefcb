// A broadcast any number of times: each round closes a channel and puts a new one in its place.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static chan(goro_empty) changed;
static int version;

static void watcher(void) {
    for (int seen = 0; seen < 5;) {
        goro_mutex_lock(&mu);
        int now = version;
        chan(goro_empty) c = changed;
        goro_mutex_unlock(&mu);
        if (now == seen) chan_recv(c);
        seen = now;
    }
}

int main(void) {
    goro_wg wg = {0};
    chan(goro_empty) all[6];
    all[0] = changed = chan_make(goro_empty, 0);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, watcher);
    for (int i = 1; i <= 5; i++) {
        goro_yield();
        goro_mutex_lock(&mu);
        version = i;
        chan(goro_empty) old = changed;
        all[i] = changed = chan_make(goro_empty, 0);
        goro_mutex_unlock(&mu);
        chan_close(old);
    }
    goro_wg_wait(&wg);
    for (int i = 0; i < 6; i++) chan_free(all[i]);
    return 0;
}
