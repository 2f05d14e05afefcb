// Opposite orders that cannot meet, each with locks of its own: under a gate, by one goroutine, after it was started or
// waited for, told by a channel, by a flag or a queue under another lock, tried, by readers only.
// expect: none
#include "../live.h"

#include <stdlib.h>

typedef void take(goro_mutex *one, goro_mutex *other);

static void take_both(goro_mutex *one, goro_mutex *other) {
    goro_mutex_lock(one);
    goro_mutex_lock(other);
    goro_mutex_unlock(other);
    goro_mutex_unlock(one);
}

/* -- a gate: a third lock, held around both -------------------------------------------------------------------------- */

static goro_mutex gate;
static goro_rwmutex wide_gate;

static void through_gate(goro_mutex *one, goro_mutex *other) {
    goro_mutex_lock(&gate);
    take_both(one, other);
    goro_mutex_unlock(&gate);
}
static void through_wide_gate_reading(goro_mutex *one, goro_mutex *other) {
    goro_rwmutex_rlock(&wide_gate);
    take_both(one, other);
    goro_rwmutex_runlock(&wide_gate);
}
static void through_wide_gate_writing(goro_mutex *one, goro_mutex *other) {
    goro_rwmutex_lock(&wide_gate);
    take_both(one, other);
    goro_rwmutex_unlock(&wide_gate);
}
static void both_at_once(take *x, take *y) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, x, &a, &b);
    goro_wg_go(&wg, y, &b, &a);
    goro_wg_wait(&wg);
}

/* -- one after the other ------------------------------------------------------------------------------------------------- */

static void one_goroutine(void) {
    goro_mutex a = {0}, b = {0};
    take_both(&a, &b);
    take_both(&b, &a);
}

static void before_start_and_after_wait(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    take_both(&a, &b);
    goro_wg_go(&wg, take_both, &b, &a);
    goro_wg_wait(&wg);
    take_both(&a, &b);
}

static void teller(goro_mutex *a, goro_mutex *b, chan(int) c, goro_wg *wg) {
    take_both(a, b);
    chan_send(c, 1);
    goro_wg_done(wg);
}
static void told_by_channel(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    chan(int) c = chan_make(int, 1);
    goro_wg_add(&wg, 1);
    go(teller, &a, &b, c, &wg);
    chan_recv(c);
    take_both(&b, &a);
    goro_wg_wait(&wg);
    chan_free(c);
}

/* A queue of jobs under a mutex of its own: who takes a job out comes after who has put it in. */
static struct {
    goro_mutex mu;
    bool full;
} queue;

static void putter(goro_mutex *a, goro_mutex *b) {
    take_both(a, b);
    goro_mutex_lock(&queue.mu);
    queue.full = true;
    goro_mutex_unlock(&queue.mu);
}
static void taker(goro_mutex *b, goro_mutex *a) {
    for (bool full = false; !full; goro_yield()) {
        goro_mutex_lock(&queue.mu);
        full = queue.full;
        goro_mutex_unlock(&queue.mu);
    }
    take_both(b, a);
}

static atomic_bool published;
static void publisher(goro_mutex *a, goro_mutex *b) {
    take_both(a, b);
    atomic_store(&published, true);
}
static void hearer(goro_mutex *b, goro_mutex *a) {
    while (!atomic_load(&published)) goro_yield();
    take_both(b, a);
}

/* Through a third goroutine, and while the first still holds one of the two. */
static void told_while_holding(goro_mutex *a, goro_mutex *b, chan(int) c, goro_wg *wg) {
    goro_mutex_lock(a);
    goro_mutex_lock(b);
    goro_mutex_unlock(b);
    chan_send(c, 1);
    goro_mutex_unlock(a);
    goro_wg_done(wg);
}
static void relay(chan(int) from, chan(int) to, goro_wg *wg) {
    chan_send(to, chan_recv(from));
    goro_wg_done(wg);
}
static void told_by_relay(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    chan(int) x = chan_make(int, 0), y = chan_make(int, 0);
    goro_wg_add(&wg, 2);
    go(told_while_holding, &a, &b, x, &wg);
    go(relay, x, y, &wg);
    chan_recv(y);
    take_both(&b, &a);
    goro_wg_wait(&wg);
    chan_free(x);
    chan_free(y);
}

/* -- nobody would wait ----------------------------------------------------------------------------------------------------- */

static void try_second(goro_mutex *one, goro_mutex *other) {
    for (;;) {
        goro_mutex_lock(one);
        if (goro_mutex_try_lock(other)) break;
        goro_mutex_unlock(one);
        goro_yield();
    }
    goro_mutex_unlock(other);
    goro_mutex_unlock(one);
}

static void read_both(goro_rwmutex *one, goro_rwmutex *other) {
    goro_rwmutex_rlock(one);
    goro_rwmutex_rlock(other);
    goro_rwmutex_runlock(other);
    goro_rwmutex_runlock(one);
}
static void only_readers(void) {
    goro_rwmutex a = {0}, b = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, read_both, &a, &b);
    goro_wg_go(&wg, read_both, &b, &a);
    goro_wg_wait(&wg);
}

/* -- not the same locks ------------------------------------------------------------------------------------------------------ */

/* At the address of a lock that was freed there is another one. */
static void freed_and_made_anew(void) {
    for (int i = 0; i < 20; i++) {
        goro_mutex *m = calloc(2, sizeof *m);
        goro_wg wg = {0};
        goro_wg_go(&wg, take_both, &m[i % 2], &m[1 - i % 2]);
        goro_wg_wait(&wg);
        free(m);
    }
}

/* The same, and nothing orders the second user of that memory after the first. */
static void use_and_free(int first, int step) {
    stage_await(step);
    goro_mutex *m = calloc(2, sizeof *m);
    take_both(&m[first], &m[1 - first]);
    free(m);
    stage_done();
}
static void freed_and_used_by_another(void) {
    int step = stage_count;
    goro_wg wg = {0};
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, use_and_free, i % 2, step + i);
    goro_wg_wait(&wg);
}

/* Hand over hand through a list that is only ever walked forwards, while somebody walks another one. */
enum { NODES = 30 };
static void walk(goro_mutex *list) {
    goro_mutex_lock(&list[0]);
    for (int i = 1; i < NODES; i++) {
        goro_mutex_lock(&list[i]);
        goro_mutex_unlock(&list[i - 1]);
    }
    goro_mutex_unlock(&list[NODES - 1]);
}
static void hand_over_hand(void) {
    static goro_mutex list[NODES];
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, walk, list);
    goro_wg_wait(&wg);
}

/* A mutex that one locks and another unlocks is a signal: nobody holds it. */
static atomic_bool handed;
static void lock_for_another(goro_mutex *signal, goro_mutex *m) {
    goro_mutex_lock(signal);
    goro_mutex_lock(m);
    goro_mutex_unlock(m);
    atomic_store_explicit(&handed, true, memory_order_relaxed);
}
static void unlock_for_another(goro_mutex *m, goro_mutex *signal) {
    while (!atomic_load_explicit(&handed, memory_order_relaxed)) goro_yield();
    goro_mutex_lock(m);
    goro_mutex_unlock(signal);
    goro_mutex_lock(signal);
    goro_mutex_unlock(m);
    goro_mutex_unlock(signal);
}

int main(void) {
    live_start();
    both_at_once(through_gate, through_gate);
    both_at_once(through_wide_gate_reading, through_wide_gate_writing);
    one_goroutine();
    before_start_and_after_wait();
    told_by_channel();
    both_at_once(putter, taker);
    both_at_once(publisher, hearer);
    told_by_relay();
    both_at_once(take_both, try_second);
    only_readers();
    freed_and_made_anew();
    freed_and_used_by_another();
    hand_over_hand();
    both_at_once(lock_for_another, unlock_for_another);
    live_stop();
    return 0;
}
