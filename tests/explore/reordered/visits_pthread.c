// As visits.c, with a mutex of pthread's.
// prediction: predicted
#include <pthread.h>
#include <goro.h>
enum { VISITS = 400, FIRST = 310, SECOND = 70 };
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int x, own[2][VISITS];
__attribute__((noinline)) static void put_one(int *at) { *at = 1; }
__attribute__((noinline)) static void put_two(int *at) { *at = 2; }
static void first(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        pthread_mutex_lock(&mu);
        pthread_mutex_unlock(&mu);
        put_one(i == FIRST ? &x : &own[0][i]);
    }
    pthread_mutex_lock(&mu);
    pthread_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        pthread_mutex_lock(&mu);
        pthread_mutex_unlock(&mu);
        put_two(i == SECOND ? &x : &own[1][i]);
    }
    pthread_mutex_lock(&mu);
    pthread_mutex_unlock(&mu);
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
