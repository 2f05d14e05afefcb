// Three goroutines and two locks: the first hands on to the second by one lock, and that one to the third by the other.
// prediction: confirmed
// seed: 1
#include <goro.h>
static goro_mutex a, b;
int x; // not static: what nobody reads would be nowhere at -O2
static int n, m;
static void first(goro_wg *wg) {
    x = 1;
    goro_mutex_lock(&a);
    n++;
    goro_mutex_unlock(&a);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    goro_mutex_lock(&a);
    n++;
    goro_mutex_unlock(&a);
    goro_mutex_lock(&b);
    m++;
    goro_mutex_unlock(&b);
    goro_wg_done(wg);
}
static void third(goro_wg *wg) {
    goro_mutex_lock(&b);
    m++;
    goro_mutex_unlock(&b);
    x = 3;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    go(first, &wg);
    go(second, &wg);
    go(third, &wg);
    goro_wg_wait(&wg);
    return 0;
}
