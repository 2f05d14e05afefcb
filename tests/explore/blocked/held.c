// A goroutine holds a pthread mutex while it waits for a channel; another waits for the mutex, in the kernel.
#include <goro.h>
#include <pthread.h>
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static chan(int) c;
static int n;
static void holds(goro_wg *wg) {
    pthread_mutex_lock(&mu);
    chan_recv(c);
    n++;
    pthread_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void waits(goro_wg *wg) {
    goro_yield();
    pthread_mutex_lock(&mu);
    n++;
    pthread_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void sends(goro_wg *wg) {
    goro_yield();
    goro_yield();
    chan_send(c, 1);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    c = chan_make(int, 0);
    goro_wg_add(&wg, 3);
    go(holds, &wg);
    go(waits, &wg);
    go(sends, &wg);
    goro_wg_wait(&wg);
    chan_free(c);
    return n != 2;
}
