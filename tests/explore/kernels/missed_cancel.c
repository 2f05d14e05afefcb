// The canceller tells whoever listens right now; the worker has looked already, and begins to listen too late.
// finds: GD001
#include <goro.h>

static goro_mutex mu;
static bool cancelled;
static chan(int) wake;

static void work(goro_wg *wg) {
    goro_mutex_lock(&mu);
    bool stop = cancelled;
    goro_mutex_unlock(&mu);
    if (!stop) chan_recv(wake);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    wake = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(work, &wg);
    goro_mutex_lock(&mu);
    cancelled = true;
    goro_mutex_unlock(&mu);
    (void)chan_try_send(wake, 1);
    goro_wg_wait(&wg);
    chan_free(wake);
    return 0;
}
