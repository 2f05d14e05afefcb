// The repaired twin: the flag is looked at and set in one step.
// finds: none
#include <goro.h>
#include <stdatomic.h>

static atomic_bool closed;
static chan(int) done;

static void finish(goro_wg *wg) {
    if (!atomic_exchange(&closed, true)) chan_close(done);
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
