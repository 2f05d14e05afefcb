// Locks and their like live on one thread's stack, are used by two, and are destroyed by whoever hears last: after a join,
// by the last holder of a counted reference, by the waiter of a semaphore or condition variable, after a barrier.
// expect: none
#include "../thread_stage.h"

#include <semaphore.h>
#include <stdlib.h>

/* -- by the last of those who count themselves out under the lock itself ----------------------------------------------- */

struct counted {
    pthread_mutex_t mu;
    int references;
};

static void *let_go(void *arg) {
    struct counted *c = arg;
    pthread_mutex_lock(&c->mu);
    int left = --c->references;
    pthread_mutex_unlock(&c->mu);
    if (left) return NULL;
    pthread_mutex_destroy(&c->mu);
    free(c);
    return NULL;
}

static void counted(void) {
    struct counted *c = malloc(sizeof *c);
    pthread_t t[3];
    if (!c) abort();
    pthread_mutex_init(&c->mu, NULL);
    c->references = 3;
    for (int i = 0; i < 3; i++) pthread_create(&t[i], NULL, let_go, c);
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
}

/* -- by who has been told ------------------------------------------------------------------------------------------------ */

struct call {
    pthread_mutex_t mu;
    pthread_cond_t done;
    sem_t answered;
    pthread_barrier_t both;
    int answer;
};

static void *answer_with_sem(void *arg) {
    struct call *c = arg;
    c->answer = 1;
    sem_post(&c->answered);
    return NULL;
}
static void *answer_with_cond(void *arg) {
    struct call *c = arg;
    pthread_mutex_lock(&c->mu);
    c->answer = 2;
    pthread_cond_signal(&c->done);
    pthread_mutex_unlock(&c->mu);
    return NULL;
}
static void *answer_with_barrier(void *arg) {
    struct call *c = arg;
    c->answer = 3;
    pthread_barrier_wait(&c->both);
    return NULL;
}

static void ask(void *(*fn)(void *), int expected) {
    struct call c = {.answer = 0};
    pthread_t t;
    pthread_mutex_init(&c.mu, NULL);
    pthread_cond_init(&c.done, NULL);
    sem_init(&c.answered, 0, 0);
    pthread_barrier_init(&c.both, NULL, 2);
    pthread_create(&t, NULL, fn, &c);
    if (fn == answer_with_sem) sem_wait(&c.answered);
    if (fn == answer_with_barrier) pthread_barrier_wait(&c.both);
    pthread_mutex_lock(&c.mu);
    while (fn == answer_with_cond && !c.answer) pthread_cond_wait(&c.done, &c.mu);
    pthread_mutex_unlock(&c.mu);
    pthread_barrier_destroy(&c.both);
    sem_destroy(&c.answered);
    pthread_cond_destroy(&c.done);
    pthread_mutex_destroy(&c.mu);
    if (c.answer != expected) abort();
    pthread_join(t, NULL);
}

int main(void) {
    counted();
    ask(answer_with_sem, 1);
    ask(answer_with_cond, 2);
    ask(answer_with_barrier, 3);
    return 0;
}
