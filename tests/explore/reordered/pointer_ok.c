// Where the second access goes is what was read under the lock.
// prediction: none
#include <goro.h>
static goro_mutex mu;
static int data;
static int *published;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    published = &data;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    static int other;
    int *at;
    goro_mutex_lock(&mu);
    at = published ? published : &other;
    goro_mutex_unlock(&mu);
    ++*at;
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
