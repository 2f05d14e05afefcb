// A reader looks at what was written before the last write lock; another writes without one, behind its own read lock.
// prediction: confirmed
#include <goro.h>
static goro_rwmutex rw;
int x; // not static: what nobody reads would be nowhere at -O2
static int n;
static void writer(goro_wg *wg) {
    x = 1;
    goro_rwmutex_lock(&rw);
    n++;
    goro_rwmutex_unlock(&rw);
    goro_wg_done(wg);
}
static void reader(goro_wg *wg) {
    goro_rwmutex_rlock(&rw);
    int seen = n;
    goro_rwmutex_runlock(&rw);
    x += seen;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(writer, &wg);
    go(reader, &wg);
    goro_wg_wait(&wg);
    return 0;
}
