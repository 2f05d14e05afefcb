// As readers.c, and the second write is made under the lock.
// prediction: none
#include <goro.h>
static goro_rwmutex rw;
static int x, n;
static void reader(goro_wg *wg) {
    goro_rwmutex_rlock(&rw);
    x = n;
    goro_rwmutex_runlock(&rw);
    goro_wg_done(wg);
}
static void writer(goro_wg *wg) {
    goro_rwmutex_lock(&rw);
    n++;
    x = 2;
    goro_rwmutex_unlock(&rw);
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
