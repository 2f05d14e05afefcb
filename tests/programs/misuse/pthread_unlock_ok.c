// Unlocks that look wrong and are not: refused by a mutex that checks, a recursive one's, by a child process, of a lock
// that a constructor took, by a condition variable, by a clean-up handler.
// expect: none
#include "../thread_stage.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER, early = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

__attribute__((constructor(101))) static void lock_early(void) { pthread_mutex_lock(&early); }

static pthread_mutex_t *of_type(pthread_mutex_t *m, int type) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutex_init(m, &attr);
    pthread_mutexattr_destroy(&attr);
    return m;
}

static void *is_refused(void *m) { return pthread_mutex_unlock(m) == EPERM ? NULL : m; }

static void checking(void) {
    pthread_mutex_t checks, recursive;
    pthread_t t;
    void *wrong;
    of_type(&checks, PTHREAD_MUTEX_ERRORCHECK);
    of_type(&recursive, PTHREAD_MUTEX_RECURSIVE);
    if (is_refused(&checks) || is_refused(&recursive)) abort();
    for (int i = 0; i < 3; i++) pthread_mutex_lock(&recursive);
    pthread_create(&t, NULL, is_refused, &recursive);
    pthread_join(t, &wrong);
    if (wrong) abort();
    for (int i = 0; i < 3; i++) pthread_mutex_unlock(&recursive);
    pthread_mutex_lock(&checks);
    if (pthread_mutex_lock(&checks) != EDEADLK) abort();
    pthread_mutex_unlock(&checks);
    pthread_mutex_destroy(&checks);
    pthread_mutex_destroy(&recursive);
}

static void before(void) {
    pthread_mutex_lock(&plain);
    pthread_rwlock_rdlock(&rwlock);
}
static void after(void) {
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&plain);
}

static void unlock(void *m) { pthread_mutex_unlock(m); }
static void *leave_early(void *unused) {
    pthread_mutex_lock(&plain);
    pthread_cleanup_push(unlock, &plain);
    pthread_exit(unused);
    pthread_cleanup_pop(1);
}

int main(void) {
    pthread_t t;
    int status;
    pthread_mutex_unlock(&early);
    checking();
    pthread_atfork(before, after, after);
    pid_t child = fork();
    if (!child) _exit(0);
    if (waitpid(child, &status, 0) != child || status) return 1;
    pthread_create(&t, NULL, leave_early, NULL);
    pthread_join(t, NULL);
    return 0;
}
