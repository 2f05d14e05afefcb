// The flag that is read under the lock is atomic, and relaxed: it decides, and orders nothing.
// prediction: none
#include <stdatomic.h>
#include <goro.h>
static goro_mutex mu;
static int data;
static atomic_int ready;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    atomic_store_explicit(&ready, 1, memory_order_relaxed);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    int seen;
    goro_mutex_lock(&mu);
    seen = atomic_load_explicit(&ready, memory_order_relaxed);
    goro_mutex_unlock(&mu);
    if (seen) data++;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(publish, &wg);
    go(consume, &wg);
    goro_wg_wait(&wg);
    return 0;
}
