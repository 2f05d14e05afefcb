// The first write is made under the lock that the second goroutine passes on its way, and drops before its own.
// prediction: confirmed
#include <goro.h>
static goro_mutex mu;
int x; // not static: what nobody reads would be nowhere at -O2
static int n;
static void under(goro_wg *wg) {
    goro_mutex_lock(&mu);
    x = 1;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void behind(goro_wg *wg) {
    for (int i = 0; i < 3; i++) {
        goro_mutex_lock(&mu);
        n++;
        goro_mutex_unlock(&mu);
    }
    x = 2;
    goro_mutex_lock(&mu);
    n++;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(under, &wg);
    go(behind, &wg);
    goro_wg_wait(&wg);
    return 0;
}
