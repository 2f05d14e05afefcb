// A write before a read lock is dropped, and one behind another's write lock: ordered only where the reader came first.
// prediction: confirmed
#include <goro.h>
static goro_rwmutex rw;
int x; // not static: what nobody reads would be nowhere at -O2
static int n;
static void reader(goro_wg *wg) {
    goro_rwmutex_rlock(&rw);
    x = n;
    goro_rwmutex_runlock(&rw);
    goro_wg_done(wg);
}
static void writer(goro_wg *wg) {
    goro_rwmutex_lock(&rw);
    n++;
    goro_rwmutex_unlock(&rw);
    x = 2;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(reader, &wg);
    go(writer, &wg);
    goro_wg_wait(&wg);
    return 0;
}
