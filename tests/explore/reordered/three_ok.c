// As three.c, but the second hands on by a channel what the third waits for, and waits for the first as well.
// prediction: none
#include <goro.h>
static goro_mutex a, b;
static int x, n, m;
static chan(int) one, two;
static void first(goro_wg *wg) {
    x = 1;
    goro_mutex_lock(&a);
    n++;
    goro_mutex_unlock(&a);
    chan_send(one, 1);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    chan_recv(one);
    goro_mutex_lock(&a);
    n++;
    goro_mutex_unlock(&a);
    goro_mutex_lock(&b);
    m++;
    goro_mutex_unlock(&b);
    chan_send(two, 1);
    goro_wg_done(wg);
}
static void third(goro_wg *wg) {
    chan_recv(two);
    goro_mutex_lock(&b);
    m++;
    goro_mutex_unlock(&b);
    x = 3;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    one = chan_make(int, 1);
    two = chan_make(int, 1);
    goro_wg_add(&wg, 3);
    go(first, &wg);
    go(second, &wg);
    go(third, &wg);
    goro_wg_wait(&wg);
    chan_free(one);
    chan_free(two);
    return 0;
}
