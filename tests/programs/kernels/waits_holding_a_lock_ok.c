// The consumer lets go of the queue before it waits.
// expect: none
#include "../live.h"

struct queue {
    goro_rwmutex rw;
    goro_cond filled;
    int n;
    chan(goro_empty) stop;
};

static void consume(struct queue *q) {
    goro_rwmutex_lock(&q->rw);
    while (!q->n) goro_cond_wait(&q->filled);
    goro_rwmutex_unlock(&q->rw);
    stage_done();
    chan_recv(q->stop);
}

static void finish(struct queue *q) {
    goro_rwmutex_lock(&q->rw);
    q->n = 1;
    goro_cond_broadcast(&q->filled);
    goro_rwmutex_unlock(&q->rw);
    stage_await(1);
    goro_rwmutex_rlock(&q->rw);
    int left = q->n;
    goro_rwmutex_runlock(&q->rw);
    if (left) chan_close(q->stop);
}

int main(void) {
    struct queue q = {.stop = chan_make(goro_empty, 0)};
    goro_wg wg = {0};
    goro_cond_init(&q.filled, &q.rw);
    live_start();
    goro_wg_go(&wg, consume, &q);
    goro_wg_go(&wg, finish, &q);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
