// A goroutine waits for ever beside threads of the program's own, which wait in calls: for a condition, for bytes, for a thread.
// expect: GD003
// mode: race
// libs: -pthread
#include "../stage.h"
#include "../told.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static bool over;
static int fd[2];

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

static void *waits(void *arg) {
    pthread_mutex_lock(&mutex);
    while (!over) pthread_cond_wait(&cond, &mutex);
    pthread_mutex_unlock(&mutex);
    return arg;
}

static void *reads(void *arg) {
    char byte;
    if (read(fd[0], &byte, 1) != 1) abort();
    return arg;
}

static void *joins(void *thread) {
    pthread_join(*(pthread_t *)thread, NULL);
    return NULL;
}

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(void) {
    pthread_t threads[3];
    if (pipe(fd)) return 1;
    pthread_create(&threads[0], NULL, waits, NULL);
    pthread_create(&threads[1], NULL, reads, NULL);
    pthread_create(&threads[2], NULL, joins, &threads[1]);
    go(lost);
    stage_pause();
    cover();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    pthread_mutex_lock(&mutex);
    over = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    if (write(fd[1], "x", 1) != 1) return 1;
    pthread_join(threads[0], NULL);
    pthread_join(threads[2], NULL);
    return 0;
}
