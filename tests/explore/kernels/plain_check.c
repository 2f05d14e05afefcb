// The flag is a plain variable, which no operation of the library separates from the check: both close.
// finds: GC002
#include <goro.h>

static bool closed;
static chan(int) done;

static void finish(goro_wg *wg) {
    if (!closed) {
        closed = true;
        chan_close(done);
    }
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
