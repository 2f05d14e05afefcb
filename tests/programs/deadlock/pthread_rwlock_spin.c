// Two cycles of two threads each: one through two rwlocks, of which one is read; one through a spin lock and a mutex that
// checks for errors. main goes on.
// expect: GD002*2
// mode: race
#define _GNU_SOURCE
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_rwlock_t a = PTHREAD_RWLOCK_INITIALIZER, b = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_mutex_t checks = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

static void *read_then_write(void *unused) {
    pthread_rwlock_rdlock(&a);
    stage_done();
    stage_await(4);
    pthread_rwlock_wrlock(&b); // at: GD002
    return unused;
}
static void *write_then_write(void *unused) {
    pthread_rwlock_wrlock(&b);
    stage_done();
    stage_await(4);
    pthread_rwlock_wrlock(&a); // at: GD002
    return unused;
}
static void *spin_first(void *unused) {
    pthread_spin_lock(&spin);
    stage_done();
    stage_await(4);
    pthread_mutex_lock(&checks); // at: GD002
    return unused;
}
static void *spin_last(void *unused) {
    pthread_mutex_lock(&checks);
    stage_done();
    stage_await(4);
    pthread_spin_lock(&spin); // at: GD002
    return unused;
}

int main(void) {
    static void *(*const stories[])(void *) = {read_then_write, write_then_write, spin_first, spin_last};
    pthread_t t;
    pthread_spin_init(&spin, 0);
    for (int i = 0; i < 4; i++) pthread_create(&t, NULL, stories[i], NULL);
    stage_await(4);
    until_told("GD002", 2) usleep(100000);
    return 0;
}
