// The flag goes by way of a third goroutine and a second lock.
// prediction: none
#include <goro.h>
static goro_mutex a, b;
static int data, ready, told;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&a);
    ready = 1;
    goro_mutex_unlock(&a);
    goro_wg_done(wg);
}
static void pass_on(goro_wg *wg) {
    int seen;
    goro_mutex_lock(&a);
    seen = ready;
    goro_mutex_unlock(&a);
    goro_mutex_lock(&b);
    told = seen;
    goro_mutex_unlock(&b);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    int seen;
    goro_mutex_lock(&b);
    seen = told;
    goro_mutex_unlock(&b);
    if (seen) data++;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    go(publish, &wg);
    go(pass_on, &wg);
    go(consume, &wg);
    goro_wg_wait(&wg);
    return 0;
}
