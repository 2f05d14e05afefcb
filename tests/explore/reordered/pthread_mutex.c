// As mutex.c, with a lock of POSIX.
// prediction: confirmed
#include <goro.h>
#include <pthread.h>
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
int x; // not static: what nobody reads would be nowhere at -O2
static int n;
static void before(goro_wg *wg) {
    x = 1;
    pthread_mutex_lock(&mu);
    n++;
    pthread_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void behind(goro_wg *wg) {
    pthread_mutex_lock(&mu);
    n++;
    pthread_mutex_unlock(&mu);
    x = 2;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(before, &wg);
    go(behind, &wg);
    goro_wg_wait(&wg);
    return 0;
}
