/* All primitives at once, for as long as one likes: members of random kinds share channels, accounts, a semaphore, contexts and
 * timers, while GOMAXPROCS goes up and down. `./dev soak` runs it for five minutes, ctest for a moment.
 *
 * Checked in each round: what is sent is received, once (the sums agree); the accounts keep their total under mutex and
 * read-write mutex; no more units of the semaphore are out than there are; a callback of a stopped timer does not run; a
 * cancelled context has cancelled what is below it; a locked thread stays. After it: no goroutine is left over, the
 * scheduler's structures are well formed, and memory has come back to what the first rounds needed. */
#include "stress.h"
#include "runtime/sched.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { CHANNELS = 4, ACCOUNTS = 8, UNITS = 5, MEMBERS_MAX = 300, WARM_ROUNDS = 20, GROWTH_BYTES = 64 << 20 };

static struct {
    chan(uint64_t) c[CHANNELS];
    atomic_ullong sent, received;
    goro_mutex mu;
    goro_rwmutex rw;
    long by_mutex[ACCOUNTS], by_rwmutex[ACCOUNTS]; /* their sums are zero whenever the lock is free */
    goro_sem sem;
    atomic_int units;
    goro_ctx *ctx;
    goro_cond cond; /* of mu */
    int tickets;    /* guarded by mu */
    atomic_uint who;
} s;

static long sum_of(const long *accounts) {
    long sum = 0;
    for (int i = 0; i < ACCOUNTS; i++) sum += accounts[i];
    return sum;
}

static void move_money(long *accounts, struct dice *d) {
    long amount = dice_roll(d, 100);
    accounts[dice_roll(d, ACCOUNTS)] -= amount;
    if (dice_roll(d, 4) == 0) goro_yield();
    accounts[dice_roll(d, ACCOUNTS)] += amount;
}

/* -- the kinds of members ------------------------------------------------------------------------------------------------ */

static void send_some(struct dice *d) {
    for (unsigned n = dice_roll(d, 50); n > 0; n--) {
        uint64_t v = 1 + dice_roll(d, 1000);
        unsigned a = dice_roll(d, CHANNELS), b = dice_roll(d, CHANNELS);
        bool sent = true;
        chan_select {
            chan_case_send(s.c[a], v) {}
            chan_case_send(s.c[b], v) {}
            chan_case_timeout((int64_t)dice_roll(d, 200) * GORO_MICROSECOND) sent = false;
        }
        if (sent) atomic_fetch_add(&s.sent, v);
    }
}

static void use_locks(struct dice *d) {
    for (unsigned n = dice_roll(d, 20); n > 0; n--) {
        if (dice_roll(d, 2)) {
            goro_mutex_lock(&s.mu);
            stress_check(sum_of(s.by_mutex) == 0);
            move_money(s.by_mutex, d);
            goro_mutex_unlock(&s.mu);
        } else if (dice_roll(d, 3)) {
            goro_rwmutex_rlock(&s.rw);
            stress_check(sum_of(s.by_rwmutex) == 0);
            goro_rwmutex_runlock(&s.rw);
        } else if (goro_rwmutex_try_lock(&s.rw) || (goro_rwmutex_lock(&s.rw), true)) {
            move_money(s.by_rwmutex, d);
            goro_rwmutex_unlock(&s.rw);
        }
    }
}

static void use_sem(struct dice *d) {
    for (unsigned i = dice_roll(d, 10); i > 0; i--) {
        int n = 1 + (int)dice_roll(d, UNITS);
        goro_ctx *ctx = goro_ctx_with_timeout(s.ctx, (int64_t)dice_roll(d, 500) * GORO_MICROSECOND);
        if (goro_sem_acquire(&s.sem, ctx, n) == 0) {
            stress_check(atomic_fetch_add(&s.units, n) + n <= UNITS);
            goro_yield();
            atomic_fetch_sub(&s.units, n);
            goro_sem_release(&s.sem, n);
        }
        goro_ctx_free(ctx);
    }
}

static void count_call(void *calls) { atomic_fetch_add((atomic_int *)calls, 1); }

static void use_timers(struct dice *d) {
    goro_timer t = {0};
    atomic_int calls = 0;
    goro_after_func(&t, (int64_t)dice_roll(d, 300) * GORO_MICROSECOND, count_call, &calls);
    if (dice_roll(d, 2)) goro_yield();
    bool stopped = goro_timer_stop(&t);
    while (!stopped && !atomic_load(&calls)) goro_yield();
    stress_check(atomic_load(&calls) == !stopped);
    goro_ticker ticker = {0};
    goro_ticker_start(&ticker, 50 * GORO_MICROSECOND);
    for (unsigned n = dice_roll(d, 4); n > 0; n--) chan_recv(goro_ticker_chan(&ticker));
    goro_ticker_stop(&ticker);
    stress_check(!chan_try_recv(goro_ticker_chan(&ticker), NULL));
}

static void await_cancel(goro_ctx *ctx) {
    chan_recv(goro_ctx_done(ctx));
    stress_check(goro_ctx_err(ctx) != 0);
}

static void use_contexts(struct dice *d) {
    goro_wg wg = {0};
    goro_ctx *parent = goro_ctx_with_cancel(s.ctx);
    goro_ctx *child = goro_ctx_with_timeout(parent, (int64_t)dice_roll(d, 400) * GORO_MICROSECOND);
    goro_ctx *value = goro_ctx_with_value(child, &s, d);
    goro_wg_go(&wg, await_cancel, value);
    if (dice_roll(d, 2)) goro_ctx_cancel(parent);
    goro_wg_wait(&wg);
    stress_check(goro_ctx_err(child) != 0 && goro_ctx_value(value, &s) == d);
    bool parent_first = dice_roll(d, 2);
    goro_ctx_free(parent_first ? parent : value);
    goro_ctx_free(child);
    goro_ctx_free(parent_first ? value : parent);
}

static void hold_thread(struct dice *d) {
    goro_lock_thread();
    pthread_t mine = pthread_self();
    for (unsigned n = dice_roll(d, 20); n > 0; n--) {
        goro_yield();
        stress_check(pthread_equal(mine, pthread_self()));
    }
    if (dice_roll(d, 2)) goro_unlock_thread(); /* or end with it */
}

static void block_thread(struct dice *d) { usleep(dice_roll(d, 3000)); }

static void wait_for_ticket(struct dice *d) {
    goro_mutex_lock(&s.mu);
    if (dice_roll(d, 2)) {
        s.tickets++;
        goro_cond_signal(&s.cond);
    } else {
        while (s.tickets == 0) goro_cond_wait(&s.cond);
        s.tickets--;
    }
    goro_mutex_unlock(&s.mu);
}

static int group_task(void *result) { return *(int *)result; }

static void use_group(struct dice *d) {
    int results[3] = {0}, failing = (int)dice_roll(d, 4);
    goro_group g;
    goro_group_init(&g, s.ctx);
    if (dice_roll(d, 2)) goro_group_set_limit(&g, 1 + (int)dice_roll(d, 3));
    if (failing < 3) results[failing] = 7;
    for (int i = 0; i < 3; i++) goro_group_go(&g, group_task, &results[i]);
    stress_check(goro_group_wait(&g) == (failing < 3 ? 7 : 0));
}

static void leave_early(struct dice *d) {
    if (dice_roll(d, 2)) goro_exit();
}

static void live(void) {
    static void (*const kinds[])(struct dice *) = {send_some,    use_locks,   use_sem,      use_timers,
                                                   use_contexts, hold_thread, block_thread, wait_for_ticket,
                                                   use_group,    leave_early, send_some};
    struct dice d = dice_for(atomic_fetch_add(&s.who, 1));
    for (unsigned n = 1 + dice_roll(&d, 3); n > 0; n--) kinds[dice_roll(&d, sizeof kinds / sizeof *kinds)](&d);
}

static void receive_all(unsigned i) {
    uint64_t v;
    chan_range(v, s.c[i]) atomic_fetch_add(&s.received, v);
}

/* -- a round ---------------------------------------------------------------------------------------------------------------- */

static long resident_bytes(void) {
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*d %ld", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static void check_memory(void) {
    static int rounds;
    static long warm;
    long now = resident_bytes();
    if (++rounds <= WARM_ROUNDS && now > warm) warm = now;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they keep what is freed */
    for (int i = 0; rounds > WARM_ROUNDS && now > warm + GROWTH_BYTES && i < 100; i++, now = resident_bytes())
        goro_sleep(20 * GORO_MILLISECOND); /* free stacks go back little by little */
    stress_check(rounds <= WARM_ROUNDS || now <= warm + GROWTH_BYTES);
#endif
}

static void stop_all(goro_wg *receivers) {
    for (unsigned i = 0; i < CHANNELS; i++) chan_close(s.c[i]);
    goro_wg_wait(receivers);
    for (unsigned i = 0; i < CHANNELS; i++) chan_free(s.c[i]);
    goro_ctx_free(s.ctx);
    while (goro_count() > 1) goro_yield();
    struct g *g = runtime_enter();
    runtime_check(g);
    runtime_leave(g);
}

/* Whoever still waits for a ticket is given one. */
static void give_ticket(void) {
    goro_mutex_lock(&s.mu);
    s.tickets++;
    goro_cond_broadcast(&s.cond);
    goro_mutex_unlock(&s.mu);
}

static void close_when_done(goro_wg *members, chan(goro_empty) done) {
    goro_wg_wait(members);
    chan_close(done);
}

static void one_round(void) {
    struct dice d = dice_for(~0u);
    goro_wg members = {0}, receivers = {0};
    chan(goro_empty) done = chan_make(goro_empty, 0);
    goro_empty nothing;
    bool ended = false;
    atomic_store(&s.sent, 0);
    atomic_store(&s.received, 0);
    s.tickets = 0;
    s.ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_sem_init(&s.sem, UNITS);
    goro_cond_init(&s.cond, &s.mu);
    for (unsigned i = 0; i < CHANNELS; i++) {
        s.c[i] = chan_make(uint64_t, dice_roll(&d, 8));
        goro_wg_go(&receivers, receive_all, i);
    }
    for (unsigned n = 1 + dice_roll(&d, MEMBERS_MAX); n > 0; n--) goro_wg_go(&members, live);
    go(close_when_done, &members, done);
    while (!ended) {
        goro_gomaxprocs(1 + (int)dice_roll(&d, 8));
        give_ticket();
        chan_select {
            chan_case_recv(done, nothing) ended = true;
            chan_case_timeout(GORO_MILLISECOND) {}
        }
    }
    stop_all(&receivers);
    chan_free(done);
    stress_check(atomic_load(&s.sent) == atomic_load(&s.received));
    stress_check(sum_of(s.by_mutex) == 0 && sum_of(s.by_rwmutex) == 0 && atomic_load(&s.units) == 0);
    check_memory();
}

int main(int argc, char **argv) { return stress_main(argc, argv, one_round); }
