// A mutex that another goroutine unlocks orders as a semaphore does: whoever locks it second has waited for that unlock.
// prediction: none
#include <goro.h>
static goro_mutex gate, mu;
static int data, n;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    n++;
    goro_mutex_unlock(&mu);
    goro_mutex_unlock(&gate);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    goro_mutex_lock(&gate);
    goro_mutex_unlock(&gate);
    data++;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_mutex_lock(&gate);
    goro_wg_add(&wg, 2);
    go(publish, &wg);
    go(consume, &wg);
    goro_wg_wait(&wg);
    return 0;
}
