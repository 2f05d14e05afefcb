/* Threads that all wait for each other, and such as only look so. With "_ok" at its end a mode must come to its end, or be
 * ended from outside, without a word. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t sem;
static int ready, ends;

static void *waits_cond(void *unused) {
    pthread_mutex_lock(&mu);
    while (!ready) pthread_cond_wait(&changed, &mu);
    pthread_mutex_unlock(&mu);
    return unused;
}

static void *signals(void *unused) {
    pthread_mutex_lock(&mu);
    ready = 1;
    if (ends) pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mu);
    return unused;
}

static void *waits_sem(void *unused) {
    sem_wait(&sem);
    return unused;
}

static void *waits_barrier(void *unused) {
    pthread_barrier_wait(&barrier);
    return unused;
}

static void *waits_for_main(void *main_thread) {
    pthread_join(*(pthread_t *)main_thread, NULL);
    return NULL;
}

static void *locks(void *unused) {
    pthread_mutex_lock(&mu);
    pthread_mutex_unlock(&mu);
    return unused;
}

static void *writes(void *unused) {
    pthread_rwlock_wrlock(&rw);
    pthread_rwlock_unlock(&rw);
    return unused;
}

static void *sleeps(void *unused) {
    sleep(1);
    sem_post(&sem);
    return unused;
}

static void *reads(void *pipe) {
    char c;
    if (read(*(int *)pipe, &c, 1) == 1) sem_post(&sem);
    return NULL;
}

static void *sigwaits(void *set) {
    int sig;
    sigwait(set, &sig);
    sem_post(&sem);
    return NULL;
}

static void *waits_timed(void *unused) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    pthread_mutex_lock(&mu);
    pthread_cond_timedwait(&changed, &mu, &until);
    pthread_mutex_unlock(&mu);
    sem_post(&sem);
    return unused;
}

static void posts(int sig) {
    (void)sig;
    sem_post(&sem);
}

static void join(void *(*fn)(void *), void *arg) {
    pthread_t t;
    pthread_create(&t, NULL, fn, arg);
    pthread_join(t, NULL);
}

static void join_many(void *(*fn)(void *), int n) {
    pthread_t t[8];
    for (int i = 0; i < n; i++) pthread_create(&t[i], NULL, fn, NULL);
    for (int i = 0; i < n; i++) pthread_join(t[i], NULL);
}

/* The child, which knows nothing of us, ends the wait. */
static void shared_sem(void) {
    sem_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 0);
    if (fork() == 0) {
        sleep(1);
        sem_post(s);
        _exit(0);
    }
    join(locks, NULL);
    sem_wait(s);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    static int ends_of_pipe[2];
    static sigset_t set;
    static pthread_t self;
    pthread_t t;
    sem_init(&sem, 0, 0);
    if (!strcmp(what, "cond")) {
        pthread_create(&t, NULL, waits_cond, NULL);
        pthread_join(t, NULL);
    } else if (!strcmp(what, "lost_signal")) { /* the flag is set, and nobody told */
        pthread_create(&t, NULL, waits_cond, NULL);
        sleep(1);
        join(signals, NULL);
        pthread_join(t, NULL);
    } else if (!strcmp(what, "sem")) {
        join_many(waits_sem, 3);
    } else if (!strcmp(what, "barrier")) {
        pthread_barrier_init(&barrier, NULL, 4);
        join_many(waits_barrier, 3);
    } else if (!strcmp(what, "barrier_ok")) {
        pthread_barrier_init(&barrier, NULL, 3);
        join_many(waits_barrier, 3);
    } else if (!strcmp(what, "join")) {
        self = pthread_self();
        join(waits_for_main, &self);
    } else if (!strcmp(what, "mutex")) { /* main holds what it joins for */
        pthread_mutex_lock(&mu);
        join(locks, NULL);
    } else if (!strcmp(what, "rwlock")) {
        pthread_rwlock_rdlock(&rw);
        join(writes, NULL);
    } else if (!strcmp(what, "cond_ok")) {
        ends = 1;
        pthread_create(&t, NULL, waits_cond, NULL);
        sleep(1);
        join(signals, NULL);
        pthread_join(t, NULL);
    } else if (!strcmp(what, "sleep_ok")) {
        pthread_create(&t, NULL, sleeps, NULL);
        sem_wait(&sem);
    } else if (!strcmp(what, "read_ok")) {
        if (pipe(ends_of_pipe) != 0) return 1;
        pthread_create(&t, NULL, reads, ends_of_pipe);
        sem_wait(&sem);
    } else if (!strcmp(what, "sigwait_ok")) {
        sigemptyset(&set), sigaddset(&set, SIGUSR2);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        pthread_create(&t, NULL, sigwaits, &set);
        sem_wait(&sem);
    } else if (!strcmp(what, "timed_ok")) {
        pthread_create(&t, NULL, waits_timed, NULL);
        sem_wait(&sem);
    } else if (!strcmp(what, "handler_ok")) {
        signal(SIGUSR2, posts);
        join_many(waits_sem, 2);
    } else if (!strcmp(what, "shared_ok")) {
        shared_sem();
    }
    return 0;
}
