// One piece of memory, owned by one after another without a lock around it: handed over by everything that can.
// expect: none
// each: by_channel by_buffered_channel by_select by_close by_wait_group by_mutex_flag by_rwmutex_swap by_cond by_semaphore
// each: by_once by_context by_after_func by_ticker by_pipe by_socketpair by_join by_thread_argument by_thread_barrier by_thread_cond
// each: by_thread_sem by_signal_mask by_goroutine_exit
// runs: 2
// unseeded: threads of its own
#define _GNU_SOURCE
#include "../pick.h"
#include "../stage.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static int owned; /* never guarded: always one's at a time */

/* -- by what goro has --------------------------------------------------------------------------------------------------- */

static void add_and_pass(chan(int *) in, chan(int *) out) {
    int *p = chan_recv(in);
    ++*p;
    chan_send(out, p);
}
static void relay_by(int capacity) {
    chan(int *) c[5];
    for (int i = 0; i < 5; i++) c[i] = chan_make(int *, capacity);
    for (int i = 0; i < 4; i++) go(add_and_pass, c[i], c[i + 1]);
    owned = 0;
    chan_send(c[0], &owned);
    CHECK(*chan_recv(c[4]) == 4);
    for (int i = 0; i < 5; i++) chan_free(c[i]);
}
static void by_channel(void) { relay_by(0); }
static void by_buffered_channel(void) { relay_by(2); }

static void pass_around(chan(int *) c, chan(goro_empty) over) {
    goro_empty nothing;
    bool ended = false;
    int *p;
    while (!ended) {
        chan_select {
            chan_case_recv(c, p) {
                if (++*p == 8) chan_close(over);
                else chan_send(c, p);
            }
            chan_case_recv(over, nothing) ended = true;
        }
    }
}
static void by_select(void) {
    chan(int *) c = chan_make(int *, 1);
    chan(goro_empty) over = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    owned = 0;
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, pass_around, c, over);
    chan_send(c, &owned);
    goro_wg_wait(&wg);
    CHECK(owned == 8);
    chan_free(c);
    chan_free(over);
}

static void own_and_close(chan(goro_empty) before, chan(goro_empty) after) {
    chan_recv(before);
    owned++;
    chan_close(after);
}
static void by_close(void) {
    chan(goro_empty) c[4];
    for (int i = 0; i < 4; i++) c[i] = chan_make(goro_empty, 0);
    owned = 0;
    for (int i = 0; i < 3; i++) go(own_and_close, c[i], c[i + 1]);
    chan_close(c[0]);
    chan_recv(c[3]);
    CHECK(owned == 3);
    for (int i = 0; i < 4; i++) chan_free(c[i]);
}

static void own(void) { owned++; }
static void by_wait_group(void) {
    goro_wg wg = {0};
    owned = 0;
    for (int i = 0; i < 4; i++) {
        goro_wg_go(&wg, own);
        goro_wg_wait(&wg);
        owned++;
    }
    CHECK(owned == 8);
}

static struct {
    goro_mutex mu;
    goro_rwmutex rw;
    goro_cond changed;
    int turn;
} state;
static void own_at_turn(int me) {
    for (;;) {
        goro_mutex_lock(&state.mu);
        bool mine = state.turn == me;
        goro_mutex_unlock(&state.mu);
        if (mine) break;
        goro_yield();
    }
    owned++; /* outside of the lock: the turn is the guard */
    goro_mutex_lock(&state.mu);
    state.turn++;
    goro_mutex_unlock(&state.mu);
}
static void by_mutex_flag(void) {
    goro_wg wg = {0};
    state.turn = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, own_at_turn, i);
    goro_wg_wait(&wg);
}
static void own_at_turn_rw(int me) {
    for (bool mine = false; !mine;) {
        goro_rwmutex_rlock(&state.rw);
        mine = state.turn == me;
        goro_rwmutex_runlock(&state.rw);
        goro_yield();
    }
    owned++;
    goro_rwmutex_lock(&state.rw);
    state.turn++;
    goro_rwmutex_unlock(&state.rw);
}
static void by_rwmutex_swap(void) {
    goro_wg wg = {0};
    state.turn = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, own_at_turn_rw, i);
    goro_wg_wait(&wg);
}
static void own_when_told(int me) {
    goro_mutex_lock(&state.mu);
    while (state.turn != me) goro_cond_wait(&state.changed);
    goro_mutex_unlock(&state.mu);
    owned++;
    goro_mutex_lock(&state.mu);
    state.turn++;
    goro_cond_broadcast(&state.changed);
    goro_mutex_unlock(&state.mu);
}
static void by_cond(void) {
    goro_wg wg = {0};
    state.turn = 0;
    goro_cond_init(&state.changed, &state.mu);
    for (int i = 3; i >= 0; i--) goro_wg_go(&wg, own_when_told, i);
    goro_wg_wait(&wg);
}

static void own_between(goro_sem *before, goro_sem *after) {
    goro_sem_acquire(before, NULL, 1);
    owned++;
    goro_sem_release(after, 1);
}
static void by_semaphore(void) {
    goro_sem s[4];
    goro_wg wg = {0};
    owned = 0;
    for (int i = 0; i < 4; i++) {
        goro_sem_init(&s[i], 1);
        goro_sem_acquire(&s[i], NULL, 1);
    }
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, own_between, &s[i], &s[i + 1]);
    goro_sem_release(&s[0], 1);
    goro_sem_acquire(&s[3], NULL, 1);
    CHECK(owned == 3);
    goro_wg_wait(&wg);
}

static goro_once once;
static void make_owned(void) { owned = 5; }
static void read_made(void) {
    goro_once_do(&once, make_owned);
    CHECK(owned == 5);
}
static void by_once(void) { together3(read_made, read_made, read_made); }

static void own_then_cancel(goro_ctx *mine, goro_ctx *next) {
    chan_recv(goro_ctx_done(mine));
    owned++;
    goro_ctx_cancel(next);
}
static void by_context(void) {
    goro_ctx *c[4];
    owned = 0;
    for (int i = 0; i < 4; i++) c[i] = goro_ctx_with_cancel(goro_ctx_background());
    for (int i = 0; i < 3; i++) go(own_then_cancel, c[i], c[i + 1]);
    goro_ctx_cancel(c[0]);
    chan_recv(goro_ctx_done(c[3]));
    CHECK(owned == 3);
}

static chan(goro_empty) fired;
static void own_in_callback(void *p) {
    ++*(int *)p;
    chan_send(fired, (goro_empty){});
}
static void by_after_func(void) {
    goro_timer t = {0};
    fired = chan_make(goro_empty, 0);
    owned = 1;
    goro_after_func(&t, GORO_MILLISECOND, own_in_callback, &owned);
    chan_recv(fired);
    CHECK(owned == 2);
    chan_free(fired);
}
static void start_and_tell(goro_ticker *t, chan(goro_ticker *) told) {
    owned = 1;
    goro_ticker_start(t, GORO_MILLISECOND);
    chan_send(told, t);
}
static void by_ticker(void) {
    goro_ticker t = {0};
    chan(goro_ticker *) told = chan_make(goro_ticker *, 1);
    go(start_and_tell, &t, told);
    goro_ticker *started = chan_recv(told);
    use(chan_recv(goro_ticker_chan(started)));
    CHECK(++owned == 2);
    goro_ticker_stop(started);
    chan_free(told);
}

/* -- by descriptors ------------------------------------------------------------------------------------------------------ */

static int a[2], b[2];
static void own_by_bytes(void) {
    char c;
    CHECK(goro_read(a[0], &c, 1) == 1);
    owned++;
    CHECK(goro_write(b[1], &c, 1) == 1);
}
static void through_descriptors(void) {
    char c = 'x';
    goro_wg wg = {0};
    goro_wg_go(&wg, own_by_bytes);
    owned = 1;
    CHECK(write(a[1], &c, 1) == 1 && read(b[0], &c, 1) == 1);
    CHECK(owned == 2);
    goro_wg_wait(&wg);
    for (int i = 0; i < 2; i++) close(a[i]), close(b[i]);
}
static void by_pipe(void) {
    CHECK(pipe(a) == 0 && pipe(b) == 0);
    through_descriptors();
}
static void by_socketpair(void) {
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, b) == 0);
    through_descriptors();
}

/* -- by threads ---------------------------------------------------------------------------------------------------------- */

static void *own_in_thread(void *p) {
    ++*(int *)p;
    return p;
}
static void by_join(void) {
    pthread_t t;
    void *result;
    owned = 0;
    for (int i = 0; i < 3; i++) {
        pthread_create(&t, NULL, own_in_thread, &owned);
        pthread_join(t, &result);
        ++*(int *)result;
    }
    CHECK(owned == 6);
}
static void *own_and_free(void *p) {
    CHECK(*(int *)p >= 0);
    free(p);
    return NULL;
}
static void by_thread_argument(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) {
        int *p = malloc(sizeof *p);
        CHECK(p);
        *p = i;
        pthread_create(&t[i], NULL, own_and_free, p);
    }
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
}

static struct {
    pthread_barrier_t barrier;
    pthread_mutex_t mu;
    pthread_cond_t changed;
    sem_t sems[3];
    int turn;
} posix = {.mu = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
static void run_three(void *(*fn)(void *)) {
    pthread_t t[3];
    for (long i = 0; i < 3; i++) pthread_create(&t[i], NULL, fn, (void *)i);
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
}
static void *own_in_round(void *me) {
    for (long round = 0; round < 3; round++) {
        if (round == (long)me) owned++;
        pthread_barrier_wait(&posix.barrier);
        CHECK(owned == round + 1);
        pthread_barrier_wait(&posix.barrier);
    }
    return NULL;
}
static void by_thread_barrier(void) {
    owned = 0;
    pthread_barrier_init(&posix.barrier, NULL, 3);
    run_three(own_in_round);
    pthread_barrier_destroy(&posix.barrier);
}
static void *own_in_turn(void *me) {
    pthread_mutex_lock(&posix.mu);
    while (posix.turn != (long)me) pthread_cond_wait(&posix.changed, &posix.mu);
    pthread_mutex_unlock(&posix.mu);
    owned++;
    pthread_mutex_lock(&posix.mu);
    posix.turn++;
    pthread_mutex_unlock(&posix.mu);
    pthread_cond_broadcast(&posix.changed);
    return NULL;
}
static void by_thread_cond(void) {
    posix.turn = 0;
    run_three(own_in_turn);
}
static void *own_by_sem(void *me) {
    while (sem_wait(&posix.sems[(long)me])) continue;
    owned++;
    sem_post(&posix.sems[((long)me + 1) % 3]);
    return NULL;
}
static void by_thread_sem(void) {
    for (int i = 0; i < 3; i++) sem_init(&posix.sems[i], 0, i == 0);
    run_three(own_by_sem);
    for (int i = 0; i < 3; i++) sem_destroy(&posix.sems[i]);
}

static volatile sig_atomic_t rung;
static void note(int number) {
    (void)number;
    rung++;
    owned++; /* main has it blocked while it looks */
}
static void by_signal_mask(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    signal(SIGUSR1, note);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    owned = 0;
    raise(SIGUSR1);
    CHECK(owned == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    CHECK(rung && owned == 1);
    signal(SIGUSR1, SIG_DFL);
}

static void at_end(void *p) { ++*(int *)p; }
static void say_done(void *wg) { goro_wg_done(wg); }
static void own_to_the_end(goro_wg *wg) {
    goro_at_exit(say_done, wg);
    goro_at_exit(at_end, &owned);
    goro_exit();
}
static void by_goroutine_exit(void) {
    goro_wg wg = {0};
    owned = 0;
    for (int i = 0; i < 3; i++) {
        goro_wg_add(&wg, 1);
        go(own_to_the_end, &wg);
        goro_wg_wait(&wg);
    }
    CHECK(owned == 3);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(by_channel),         PATTERN(by_buffered_channel),
        PATTERN(by_select),          PATTERN(by_close),
        PATTERN(by_wait_group),      PATTERN(by_mutex_flag),
        PATTERN(by_rwmutex_swap),    PATTERN(by_cond),
        PATTERN(by_semaphore),       PATTERN(by_once),
        PATTERN(by_context),         PATTERN(by_after_func),
        PATTERN(by_ticker),          PATTERN(by_pipe),
        PATTERN(by_socketpair),      PATTERN(by_join),
        PATTERN(by_thread_argument), PATTERN(by_thread_barrier),
        PATTERN(by_thread_cond),     PATTERN(by_thread_sem),
        PATTERN(by_signal_mask),     PATTERN(by_goroutine_exit),

    };
    return RUN_PATTERNS(all, argc, argv);
}
