// Threads of POSIX and their locks, alone and beside goroutines, in ways that look like mistakes.
// expect: none
// each: recursive_mutex errorcheck_refuses adaptive_spins trylock_loop timed_out_then_got rwlock_again robust_heir
// each: barrier_rounds barrier_of_one cond_predicate cond_timed cond_without_waiter sem_as_lock sem_as_signal
// each: once_by_many cleanup_unlocks cancelled_in_wait detached_told key_destructor_unlocks spin_short gate_of_threads
// each: orders_joined goroutine_waits_for_thread thread_feeds_channel mutex_across_both thread_waits_in_pipe
// each: main_waits_at_barrier mutex_per_object priority_inherit shared_attr fork_holding signal_wakes_sem
// runs: 2
// unseeded: threads of its own
#define _GNU_SOURCE
#include "../pick.h"
#include "../stage.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x) ((x) ? (void)0 : abort())
enum { THREADS = 3 };

static void run_threads(void *(*fn)(void *), void *arg) {
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&t[i], NULL, fn, arg) == 0);
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(t[i], NULL) == 0);
}

static struct timespec soon(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += ms * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static pthread_mutex_t *mutex_of(int type, int robust, int protocol) {
    static pthread_mutex_t m;
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_settype(&a, type);
    pthread_mutexattr_setrobust(&a, robust);
    pthread_mutexattr_setprotocol(&a, protocol);
    CHECK(pthread_mutex_init(&m, &a) == 0);
    pthread_mutexattr_destroy(&a);
    return &m;
}

static int x;
static void descend(pthread_mutex_t *m, int depth) {
    pthread_mutex_lock(m);
    x++;
    if (depth) descend(m, depth - 1);
    pthread_mutex_unlock(m);
}
static void *descend_five(void *m) {
    descend(m, 5);
    return NULL;
}
static void recursive_mutex(void) {
    pthread_mutex_t *m = mutex_of(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    run_threads(descend_five, m);
    pthread_mutex_destroy(m);
}

static void *check_refusals(void *m) {
    CHECK(pthread_mutex_unlock(m) == EPERM);
    CHECK(pthread_mutex_lock(m) == 0);
    CHECK(pthread_mutex_lock(m) == EDEADLK);
    CHECK(pthread_mutex_trylock(m) == EBUSY);
    x++;
    CHECK(pthread_mutex_unlock(m) == 0);
    return NULL;
}
static void errorcheck_refuses(void) {
    pthread_mutex_t *m = mutex_of(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    check_refusals(m);
    check_refusals(m);
    pthread_mutex_destroy(m);
}

static void *add_locked(void *m) {
    for (int i = 0; i < 20; i++) {
        pthread_mutex_lock(m);
        x++;
        pthread_mutex_unlock(m);
    }
    return NULL;
}
static void adaptive_spins(void) {
    pthread_mutex_t *m = mutex_of(PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    run_threads(add_locked, m);
    pthread_mutex_destroy(m);
}
static void priority_inherit(void) {
    pthread_mutex_t *m = mutex_of(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
    run_threads(add_locked, m);
    pthread_mutex_destroy(m);
}

static void *try_until(void *m) {
    while (pthread_mutex_trylock(m)) sched_yield();
    x++;
    pthread_mutex_unlock(m);
    return NULL;
}
static void trylock_loop(void) {
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    run_threads(try_until, &m);
}

static void *time_out_then_get(void *m) {
    struct timespec until = soon(5);
    if (pthread_mutex_timedlock(m, &until)) pthread_mutex_lock(m);
    x++;
    pthread_mutex_unlock(m);
    return NULL;
}
static void timed_out_then_got(void) {
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_t t;
    pthread_mutex_lock(&m);
    pthread_create(&t, NULL, time_out_then_get, &m);
    usleep(20000);
    x++;
    pthread_mutex_unlock(&m);
    pthread_join(t, NULL);
}

static void *read_again(void *l) {
    for (int i = 0; i < 10; i++) {
        pthread_rwlock_rdlock(l);
        pthread_rwlock_rdlock(l); /* glibc's prefer readers: no writer stands between */
        use(x);
        pthread_rwlock_unlock(l);
        pthread_rwlock_unlock(l);
    }
    return NULL;
}
static void rwlock_again(void) {
    pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
    run_threads(read_again, &l);
    pthread_rwlock_wrlock(&l);
    CHECK(pthread_rwlock_rdlock(&l) == EDEADLK && pthread_rwlock_wrlock(&l) == EDEADLK);
    pthread_rwlock_unlock(&l);
    pthread_rwlock_destroy(&l);
}

static void *die_holding(void *m) {
    pthread_mutex_lock(m);
    x++;
    return NULL;
}
static void robust_heir(void) {
    pthread_mutex_t *m = mutex_of(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
    pthread_t t;
    pthread_create(&t, NULL, die_holding, m);
    pthread_join(t, NULL);
    CHECK(pthread_mutex_lock(m) == EOWNERDEAD && pthread_mutex_consistent(m) == 0);
    x++;
    pthread_mutex_unlock(m);
    pthread_mutex_destroy(m);
}

static struct {
    pthread_barrier_t b;
    int cells[THREADS], turn;
} field;
static void *rounds(void *unused) {
    for (int round = 0; round < 4; round++) {
        int serial = pthread_barrier_wait(&field.b);
        if (serial) field.turn++; /* one of them, between two barriers */
        pthread_barrier_wait(&field.b);
        use(field.turn);
    }
    return unused;
}
static void barrier_rounds(void) {
    field.turn = 0;
    pthread_barrier_init(&field.b, NULL, THREADS);
    run_threads(rounds, NULL);
    CHECK(field.turn == 4);
    pthread_barrier_destroy(&field.b);
}
static void barrier_of_one(void) {
    pthread_barrier_t b;
    pthread_barrier_init(&b, NULL, 1);
    for (int i = 0; i < 3; i++) CHECK(pthread_barrier_wait(&b) == PTHREAD_BARRIER_SERIAL_THREAD);
    pthread_barrier_destroy(&b);
}

static struct {
    pthread_mutex_t m;
    pthread_cond_t c;
    int ready;
} door = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
static void *wait_at_door(void *unused) {
    pthread_mutex_lock(&door.m);
    while (!door.ready) pthread_cond_wait(&door.c, &door.m);
    pthread_mutex_unlock(&door.m);
    return unused;
}
static void *open_late(void *unused) {
    usleep(20000);
    pthread_mutex_lock(&door.m);
    door.ready = 1;
    pthread_mutex_unlock(&door.m);
    pthread_cond_broadcast(&door.c);
    return unused;
}
static void cond_predicate(void) {
    pthread_t opener;
    pthread_mutex_lock(&door.m);
    door.ready = 0;
    pthread_mutex_unlock(&door.m);
    pthread_create(&opener, NULL, open_late, NULL);
    run_threads(wait_at_door, NULL);
    pthread_join(opener, NULL);
}
static void cond_timed(void) { /* nobody signals: it comes back by itself */
    struct timespec until = soon(10);
    pthread_mutex_lock(&door.m);
    while (pthread_cond_timedwait(&door.c, &door.m, &until) != ETIMEDOUT) continue;
    pthread_mutex_unlock(&door.m);
}
static void cond_without_waiter(void) {
    pthread_cond_t c;
    pthread_cond_init(&c, NULL);
    pthread_cond_signal(&c);
    pthread_cond_broadcast(&c);
    pthread_cond_destroy(&c);
}

static void *add_between(void *s) {
    for (int i = 0; i < 10; i++) {
        while (sem_wait(s)) continue;
        x++;
        sem_post(s);
    }
    return NULL;
}
static void sem_as_lock(void) {
    sem_t s;
    sem_init(&s, 0, 1);
    run_threads(add_between, &s);
    sem_destroy(&s);
}
static void *post_late(void *s) {
    x++;
    usleep(10000);
    sem_post(s);
    return NULL;
}
static void sem_as_signal(void) {
    sem_t s;
    pthread_t t;
    sem_init(&s, 0, 0);
    pthread_create(&t, NULL, post_late, &s);
    while (sem_wait(&s)) continue;
    x++;
    pthread_join(t, NULL);
    sem_destroy(&s);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void set_up(void) { x++; }
static void *want_set_up(void *unused) {
    pthread_once(&once, set_up);
    use(x);
    return unused;
}
static void once_by_many(void) { run_threads(want_set_up, NULL); }

static void unlock(void *m) { pthread_mutex_unlock(m); }
static void *leave_by_exit(void *m) {
    pthread_mutex_lock(m);
    pthread_cleanup_push(unlock, m);
    x++;
    pthread_exit(NULL);
    pthread_cleanup_pop(0);
}
static void cleanup_unlocks(void) {
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    run_threads(leave_by_exit, &m);
}

static void *wait_for_nothing(void *s) {
    while (!door.ready || sem_wait(s)) continue;
    return NULL;
}
static void cancelled_in_wait(void) {
    sem_t s;
    pthread_t t;
    void *result;
    door.ready = 1;
    sem_init(&s, 0, 0);
    pthread_create(&t, NULL, wait_for_nothing, &s);
    usleep(5000);
    pthread_cancel(t);
    pthread_join(t, &result);
    CHECK(result == PTHREAD_CANCELED);
    sem_destroy(&s);
}

static void *tell_and_go(void *s) {
    pthread_detach(pthread_self());
    x++;
    sem_post(s);
    return NULL;
}
static void detached_told(void) {
    static sem_t s;
    pthread_t t;
    sem_init(&s, 0, 0);
    for (int i = 0; i < 3; i++) {
        pthread_create(&t, NULL, tell_and_go, &s);
        while (sem_wait(&s)) continue;
        x++;
    }
}

static pthread_key_t key;
static pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER;
static void *keep_locked(void *unused) {
    pthread_mutex_lock(&kept);
    x++;
    pthread_setspecific(key, &kept); /* unlocked at the thread's very end */
    return unused;
}
static void key_destructor_unlocks(void) {
    pthread_key_create(&key, unlock);
    run_threads(keep_locked, NULL);
    pthread_key_delete(key);
}

static void *spin_shortly(void *l) {
    for (int i = 0; i < 20; i++) {
        pthread_spin_lock(l);
        x++;
        pthread_spin_unlock(l);
    }
    return NULL;
}
static void spin_short(void) {
    pthread_spinlock_t l;
    pthread_spin_init(&l, 0);
    run_threads(spin_shortly, (void *)&l);
    pthread_spin_destroy(&l);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER, a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static atomic_int turns;
static void *through_gate(void *unused) {
    bool other = atomic_fetch_add_explicit(&turns, 1, memory_order_relaxed) % 2;
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(other ? &b : &a);
    pthread_mutex_lock(other ? &a : &b);
    pthread_mutex_unlock(&a);
    pthread_mutex_unlock(&b);
    pthread_mutex_unlock(&gate);
    return unused;
}
static void gate_of_threads(void) { run_threads(through_gate, NULL); }

static void *take_both(void *locks) {
    pthread_mutex_t **l = locks;
    pthread_mutex_lock(l[0]);
    pthread_mutex_lock(l[1]);
    x++;
    pthread_mutex_unlock(l[1]);
    pthread_mutex_unlock(l[0]);
    return NULL;
}
static void orders_joined(void) {
    pthread_mutex_t c = PTHREAD_MUTEX_INITIALIZER, d = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t *one[] = {&c, &d}, *other[] = {&d, &c};
    run_threads(take_both, one);
    run_threads(take_both, other);
}

static void wait_for_sem(sem_t *s) {
    while (sem_wait(s)) continue; /* the thread under it blocks, the other goroutines go on */
    x++;
}
static void goroutine_waits_for_thread(void) {
    sem_t s;
    pthread_t t;
    goro_wg wg = {0};
    sem_init(&s, 0, 0);
    goro_wg_go(&wg, wait_for_sem, &s);
    pthread_create(&t, NULL, post_late, &s);
    goro_wg_wait(&wg);
    pthread_join(t, NULL);
    sem_destroy(&s);
}

static void add_from_goroutine(pthread_mutex_t *m) { add_locked(m); }
static void mutex_across_both(void) {
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    goro_wg wg = {0};
    goro_wg_go(&wg, add_from_goroutine, &m);
    run_threads(add_locked, &m);
    goro_wg_wait(&wg);
}

static int ends[2];
static void *write_end(void *unused) {
    usleep(10000);
    x++;
    CHECK(write(ends[1], "x", 1) == 1);
    return unused;
}
static void read_end(void) {
    char c;
    CHECK(goro_read(ends[0], &c, 1) == 1);
    x++;
}
static void thread_feeds_channel(void) { /* a thread wakes goroutines by a pipe: they are not asleep for good */
    pthread_t t;
    goro_wg wg = {0};
    CHECK(pipe(ends) == 0);
    goro_wg_go(&wg, read_end);
    pthread_create(&t, NULL, write_end, NULL);
    goro_wg_wait(&wg);
    pthread_join(t, NULL);
    close(ends[0]);
    close(ends[1]);
}
static void *read_plainly(void *unused) {
    char c;
    CHECK(read(ends[0], &c, 1) == 1);
    x++;
    return unused;
}
static void thread_waits_in_pipe(void) {
    pthread_t t;
    CHECK(pipe(ends) == 0);
    pthread_create(&t, NULL, read_plainly, NULL);
    usleep(10000);
    x++;
    CHECK(write(ends[1], "x", 1) == 1);
    pthread_join(t, NULL);
    close(ends[0]);
    close(ends[1]);
}

static void *come_to_barrier(void *bar) {
    usleep(10000);
    x++;
    pthread_barrier_wait(bar);
    return NULL;
}
static void main_waits_at_barrier(void) {
    pthread_barrier_t bar;
    pthread_t t;
    pthread_barrier_init(&bar, NULL, 2);
    pthread_create(&t, NULL, come_to_barrier, &bar);
    pthread_barrier_wait(&bar);
    x++;
    pthread_join(t, NULL);
    pthread_barrier_destroy(&bar);
}

static void *own_objects(void *unused) {
    for (int i = 0; i < 5; i++) {
        struct {
            pthread_mutex_t first, second;
        } *o = malloc(sizeof *o);
        CHECK(o);
        pthread_mutex_init(&o->first, NULL);
        pthread_mutex_init(&o->second, NULL);
        pthread_mutex_t *order[] = {i % 2 ? &o->first : &o->second, i % 2 ? &o->second : &o->first};
        pthread_mutex_lock(order[0]); /* opposite orders, but of other objects in the same memory */
        pthread_mutex_lock(order[1]);
        pthread_mutex_unlock(order[1]);
        pthread_mutex_unlock(order[0]);
        pthread_mutex_destroy(&o->first);
        pthread_mutex_destroy(&o->second);
        free(o);
    }
    return unused;
}
static void mutex_per_object(void) { run_threads(own_objects, NULL); }

static void shared_attr(void) { /* one attribute for many threads, gone before they end */
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t attr;
    pthread_t t[THREADS];
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 128 << 10);
    for (int i = 0; i < THREADS; i++) pthread_create(&t[i], &attr, add_locked, &m);
    pthread_attr_destroy(&attr);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
}

static void fork_holding(void) { /* the child has the lock, too, and lets go of its own */
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    int status;
    pthread_mutex_lock(&m);
    pid_t child = fork();
    pthread_mutex_unlock(&m);
    if (!child) _exit(0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static sem_t rung;
static void ring(int number) {
    (void)number;
    sem_post(&rung);
}
static void signal_wakes_sem(void) {
    sem_init(&rung, 0, 0);
    signal(SIGUSR2, ring);
    kill(getpid(), SIGUSR2);
    while (sem_wait(&rung)) continue;
    signal(SIGUSR2, SIG_DFL);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(recursive_mutex),
        PATTERN(errorcheck_refuses),
        PATTERN(adaptive_spins),
        PATTERN(trylock_loop),
        PATTERN(timed_out_then_got),
        PATTERN(rwlock_again),
        PATTERN(robust_heir),
        PATTERN(barrier_rounds),
        PATTERN(barrier_of_one),
        PATTERN(cond_predicate),
        PATTERN(cond_timed),
        PATTERN(cond_without_waiter),
        PATTERN(sem_as_lock),
        PATTERN(sem_as_signal),
        PATTERN(once_by_many),
        PATTERN(cleanup_unlocks),
        PATTERN(cancelled_in_wait),
        PATTERN(detached_told),
        PATTERN(key_destructor_unlocks),
        PATTERN(spin_short),
        PATTERN(gate_of_threads),
        PATTERN(orders_joined),
        PATTERN(goroutine_waits_for_thread),
        PATTERN(thread_feeds_channel),
        PATTERN(mutex_across_both),
        PATTERN(thread_waits_in_pipe),
        PATTERN(main_waits_at_barrier),
        PATTERN(mutex_per_object),
        PATTERN(priority_inherit),
        PATTERN(shared_attr),
        PATTERN(fork_holding),
        PATTERN(signal_wakes_sem),
    };
    return RUN_PATTERNS(all, argc, argv);
}
