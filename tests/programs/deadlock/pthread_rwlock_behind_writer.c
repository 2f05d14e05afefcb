// A lock that prefers writers: who reads already and reads again waits behind a writer, who waits for the first read.
// expect: GM002
// mode: race
#define _GNU_SOURCE
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static void *reader(void *unused) {
    pthread_rwlock_rdlock(&lock);
    stage_done();
    while (pthread_rwlock_tryrdlock(&lock) == 0) { /* until the writer waits */
        pthread_rwlock_unlock(&lock);
        sched_yield();
    }
    pthread_rwlock_rdlock(&lock); // at: GM002
    return unused;
}

static void *writer(void *unused) {
    stage_await(1);
    pthread_rwlock_wrlock(&lock);
    return unused;
}

int main(void) {
    pthread_t t[2];
    pthread_create(&t[0], NULL, reader, NULL);
    pthread_create(&t[1], NULL, writer, NULL);
    stage_await(1);
    until_told("GM002", 1) usleep(100000);
    return 0;
}
