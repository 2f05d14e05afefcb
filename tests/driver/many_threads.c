// Threads of every kind of life, all of them ordered: joined, detached before and after, ended by pthread_exit, cancelled
// in a wait, C11's, with a thread-local destructor that runs the program's code. Nothing may be reported.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <unistd.h>

enum { ROUNDS = 50, WORKERS = 8, DETACHED = 4 };

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static sem_t finished;
static int queue, done, destroyed;

static void destroy(void *value) {
    pthread_mutex_lock(&mu);
    destroyed += *(int *)value;
    pthread_mutex_unlock(&mu);
    free(value);
}

static void *worker(void *arg) {
    int *value = malloc(sizeof *value);
    *value = 1;
    pthread_setspecific(key, value);
    pthread_mutex_lock(&mu);
    while (!queue) pthread_cond_wait(&cv, &mu);
    queue--;
    pthread_mutex_unlock(&mu);
    if ((long)arg % 3 == 0) pthread_exit(arg);
    return arg;
}

static void *detached(void *arg) {
    pthread_mutex_lock(&mu);
    done++;
    pthread_mutex_unlock(&mu);
    sem_post(&finished);
    return arg;
}

static void unlock(void *m) { pthread_mutex_unlock(m); }

static void *sleeper(void *arg) {
    pthread_mutex_lock(&mu);
    pthread_cleanup_push(unlock, &mu);
    for (;;) pthread_cond_wait(&cv, &mu);
    pthread_cleanup_pop(1);
    return arg;
}

static int c11(void *arg) {
    (*(int *)arg)++;
    return 5;
}

static void one_round(int round) {
    pthread_t t[WORKERS], extra;
    pthread_attr_t attr;
    thrd_t c;
    int value = round, result;

    for (long i = 0; i < WORKERS; i++) pthread_create(&t[i], NULL, worker, (void *)i);
    for (int i = 0; i < WORKERS; i++) {
        pthread_mutex_lock(&mu);
        queue++;
        pthread_cond_signal(&cv);
        pthread_mutex_unlock(&mu);
    }
    for (int i = 0; i < WORKERS; i++) pthread_join(t[i], NULL);

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < DETACHED; i++) {
        pthread_create(&extra, i % 2 ? &attr : NULL, detached, NULL);
        if (i % 2 == 0) pthread_detach(extra);
    }
    for (int i = 0; i < DETACHED; i++) sem_wait(&finished);
    pthread_attr_destroy(&attr);

    pthread_create(&extra, NULL, sleeper, NULL);
    if (round % 2) usleep(100); /* so that both are met: cancelled before its wait, and in it */
    pthread_cancel(extra);
    pthread_join(extra, NULL);

    if (thrd_create(&c, c11, &value) != thrd_success || thrd_join(c, &result) != thrd_success) abort();
    if (value != round + 1 || result != 5) abort();
    char *text = realloc(strdup("abc"), 100);
    text[50] = 1;
    free(text);
}

int main(void) {
    pthread_key_create(&key, destroy);
    sem_init(&finished, 0, 0);
    for (int round = 0; round < ROUNDS; round++) one_round(round);
    return done != ROUNDS * DETACHED || destroyed != ROUNDS * WORKERS;
}
