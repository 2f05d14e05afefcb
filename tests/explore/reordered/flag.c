// As flag_ok.c, but who consumes goes on whatever the flag says.
// prediction: confirmed
#include <goro.h>
static goro_mutex mu;
static int data, ready, early;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    ready = 1;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    int seen;
    goro_mutex_lock(&mu);
    seen = ready;
    goro_mutex_unlock(&mu);
    if (!seen) early++;
    data++;
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
