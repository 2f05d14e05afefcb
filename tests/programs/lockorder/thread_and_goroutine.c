// A thread and a goroutine lock a pthread mutex and a mutex of goro's in opposite orders.
// expect: GD004*1
// race-exit: 0
// mode: race
#include "../stage.h"

#include <pthread.h>
#include <sched.h>

static pthread_mutex_t p = PTHREAD_MUTEX_INITIALIZER;
static goro_mutex g;

static void *thread(void *unused) {
    pthread_mutex_lock(&p);
    goro_mutex_lock(&g); // at: GD004
    goro_mutex_unlock(&g);
    pthread_mutex_unlock(&p);
    stage_done();
    return unused;
}

static void goroutine(goro_wg *wg) {
    stage_await(1);
    goro_mutex_lock(&g);
    pthread_mutex_lock(&p); // at: GD004
    pthread_mutex_unlock(&p);
    goro_mutex_unlock(&g);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    pthread_t t;
    goro_wg_add(&wg, 1);
    go(goroutine, &wg);
    pthread_create(&t, NULL, thread, NULL);
    goro_wg_wait(&wg);
    pthread_join(t, NULL);
    return 0;
}
