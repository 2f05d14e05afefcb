// The repaired twin: who holds the lock reads the cell without locking again.
// finds: none
#include <goro.h>

static goro_rwmutex mu;
static int cells[2] = {1, 2};

static void sum(goro_wg *wg) {
    goro_rwmutex_rlock(&mu);
    (void)cells[0];
    goro_rwmutex_runlock(&mu);
    goro_wg_done(wg);
}

static void set(goro_wg *wg) {
    goro_rwmutex_lock(&mu);
    cells[0]++;
    goro_rwmutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(sum, &wg);
    go(set, &wg);
    goro_wg_wait(&wg);
    return 0;
}
