// The repaired twin: flag and channel are changed under one lock.
// finds: none
#include <goro.h>

static goro_mutex mu;
static bool closed;
static chan(int) done;

static void finish(goro_wg *wg) {
    goro_mutex_lock(&mu);
    if (!closed) {
        closed = true;
        chan_close(done);
    }
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    done = chan_make(int, 0);
    goro_wg_add(&wg, 2);
    go(finish, &wg);
    go(finish, &wg);
    goro_wg_wait(&wg);
    chan_free(done);
    return 0;
}
