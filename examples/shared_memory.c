// Three ways to share memory: a mutex, a read-write mutex, an atomic, with the time that each takes.
//
// Eight goroutines read a number very often and change it now and then. A mutex lets in one at a time, reader or writer.
// A read-write mutex lets readers in together; it does more work for each of them, so it pays when the readers stay for
// long. An atomic needs no lock at all, but it protects just one number: two of them are not changed together.
//
// expect: none
// stdout-has: mutex
// stdout-has: read-write mutex
// stdout-has: atomic
// stdout-has: all three counted 80
#include <goro.h>
#include <stdatomic.h>
#include <stdio.h>

enum { GOROUTINES = 8, ROUNDS = 1000, READS_PER_WRITE = 100 };

static goro_mutex mu;
static long by_mutex; // guarded by mu
static goro_rwmutex rw;
static long by_rwmutex; // guarded by rw
static atomic_long by_atomic;

static long use_mutex(int round) {
    goro_mutex_lock(&mu);
    if (round % READS_PER_WRITE == 0) by_mutex++;
    long seen = by_mutex;
    goro_mutex_unlock(&mu);
    return seen;
}

static long use_rwmutex(int round) {
    if (round % READS_PER_WRITE == 0) {
        goro_rwmutex_lock(&rw);
        by_rwmutex++;
        goro_rwmutex_unlock(&rw);
    }
    goro_rwmutex_rlock(&rw);
    long seen = by_rwmutex;
    goro_rwmutex_runlock(&rw);
    return seen;
}

static long use_atomic(int round) {
    if (round % READS_PER_WRITE == 0) atomic_fetch_add(&by_atomic, 1);
    return atomic_load(&by_atomic);
}

static void repeat(long (*use)(int), long *sum) {
    long seen = 0;
    for (int round = 0; round < ROUNDS; round++) seen += use(round);
    *sum = seen;
}

static void measure(const char *name, long (*use)(int)) {
    long sums[GOROUTINES];
    goro_wg wg = {0};
    int64_t start = goro_now();
    for (int i = 0; i < GOROUTINES; i++) goro_wg_go(&wg, repeat, use, &sums[i]);
    goro_wg_wait(&wg);
    printf("%-17s %7.1f ns per round\n", name, (double)(goro_now() - start) / (GOROUTINES * ROUNDS));
}

int main(void) {
    measure("mutex:", use_mutex);
    measure("read-write mutex:", use_rwmutex);
    measure("atomic:", use_atomic);
    if (by_mutex == by_rwmutex && by_mutex == by_atomic) printf("all three counted %ld\n", by_mutex);
    return 0;
}
