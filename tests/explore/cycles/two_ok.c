// The repaired twin: one order.
// prediction: none
#include <goro.h>
static goro_mutex a, b;
static int n;
static void first(goro_wg *wg) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b);
    n++;
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b);
    n++;
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&b);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(first, &wg);
    go(second, &wg);
    goro_wg_wait(&wg);
    return 0;
}
