// As visits.c, with a read-write lock.
// prediction: predicted
#include <goro.h>
enum { VISITS = 400, FIRST = 310, SECOND = 70 };
static goro_rwmutex mu;
static int x, own[2][VISITS];
__attribute__((noinline)) static void put_one(int *at) { *at = 1; }
__attribute__((noinline)) static void put_two(int *at) { *at = 2; }
static void first(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        goro_rwmutex_lock(&mu);
        goro_rwmutex_unlock(&mu);
        put_one(i == FIRST ? &x : &own[0][i]);
    }
    goro_rwmutex_lock(&mu);
    goro_rwmutex_unlock(&mu);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        goro_rwmutex_lock(&mu);
        goro_rwmutex_unlock(&mu);
        put_two(i == SECOND ? &x : &own[1][i]);
    }
    goro_rwmutex_lock(&mu);
    goro_rwmutex_unlock(&mu);
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
