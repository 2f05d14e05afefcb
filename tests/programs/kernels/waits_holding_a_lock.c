// A consumer keeps its queue locked while it waits to be stopped; whoever would stop it wants to look at the queue first.
// expect: GD003*1
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
    stage_done();
    chan_recv(q->stop); // at: GD003
    goro_rwmutex_unlock(&q->rw);
}

static void finish(struct queue *q) {
    goro_rwmutex_lock(&q->rw);
    q->n = 1;
    goro_cond_broadcast(&q->filled);
    goro_rwmutex_unlock(&q->rw);
    stage_await(1);
    goro_rwmutex_rlock(&q->rw); // at: GD003
    int left = q->n;
    goro_rwmutex_runlock(&q->rw);
    if (left) chan_close(q->stop);
}

static __attribute__((noinline)) void start(void) {
    struct queue *q = calloc(1, sizeof *q);
    if (!q) abort();
    goro_cond_init(&q->filled, &q->rw);
    q->stop = chan_make(goro_empty, 0);
    go(consume, q);
    go(finish, q);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
