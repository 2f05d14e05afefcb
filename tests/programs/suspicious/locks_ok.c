// Locks used in ways that look like mistakes: unlocked by others, taken in several orders that cannot meet, held for long,
// waited for in loops.
// expect: none
// each: unlocked_by_another lock_passed_on gate_two_orders wide_gate one_goroutine_both_orders orders_by_phase
// each: order_by_address back_off hand_over_hand read_twice_no_writer upgrade_by_letting_go downgrade writers_in_turn
// each: held_over_channel held_while_sleeping cond_loop cond_two_predicates cond_broadcast_all cond_on_rwmutex
// each: once_inside_lock lock_inside_once try_lock_busy mutex_in_reused_memory stack_mutex_per_call semaphore_as_lock
// each: weighted_semaphore readers_overlap nested_scopes orders_told_by_channel three_by_rank
// runs: 2
#include "../pick.h"
#include "../stage.h"

#include <stdlib.h>
#include <string.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static void unlock_for_another(goro_mutex *mu) { goro_mutex_unlock(mu); }
static void unlocked_by_another(void) {
    goro_mutex mu = {0};
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    goro_wg_go(&wg, unlock_for_another, &mu);
    goro_mutex_lock(&mu); /* waits for the other to unlock */
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
}

/* A lock as a baton: each locks the next one's, that one unlocks it. */
static void run_with_baton(goro_mutex *mine, goro_mutex *next, int *steps) {
    goro_mutex_lock(mine);
    ++*steps;
    goro_mutex_unlock(next);
}
static void lock_passed_on(void) {
    goro_mutex baton[5] = {0};
    goro_wg wg = {0};
    int steps = 0;
    for (int i = 0; i < 5; i++) goro_mutex_lock(&baton[i]);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, run_with_baton, &baton[i], &baton[i + 1], &steps);
    goro_mutex_unlock(&baton[0]);
    goro_mutex_lock(&baton[4]);
    CHECK(steps == 4);
    goro_wg_wait(&wg);
}

static int counted;
static void take_two(goro_mutex *a, goro_mutex *b) {
    goro_mutex_lock(a);
    goro_mutex_lock(b);
    counted++;
    goro_mutex_unlock(b);
    goro_mutex_unlock(a);
}

static goro_mutex gate_mu;
static void take_two_gated(goro_mutex *a, goro_mutex *b) {
    for (int i = 0; i < 5; i++) {
        goro_mutex_lock(&gate_mu);
        take_two(a, b);
        goro_mutex_unlock(&gate_mu);
    }
}
static void gate_two_orders(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, take_two_gated, &a, &b);
    goro_wg_go(&wg, take_two_gated, &b, &a);
    goro_wg_wait(&wg);
}

static goro_rwmutex wide;
static void take_two_widely(goro_mutex *a, goro_mutex *b) {
    goro_rwmutex_lock(&wide);
    take_two(a, b);
    goro_rwmutex_unlock(&wide);
}
static void wide_gate(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, take_two_widely, &a, &b);
    goro_wg_go(&wg, take_two_widely, &b, &a);
    goro_wg_wait(&wg);
}

static void one_goroutine_both_orders(void) {
    goro_mutex a = {0}, b = {0};
    take_two(&a, &b);
    take_two(&b, &a);
}

static void orders_by_phase(void) { /* all of the first phase are waited for before the second */
    goro_mutex a = {0}, b = {0};
    for (int phase = 0; phase < 2; phase++) {
        goro_wg wg = {0};
        for (int i = 0; i < 3; i++) goro_wg_go(&wg, take_two, phase ? &b : &a, phase ? &a : &b);
        goro_wg_wait(&wg);
    }
}

struct account {
    goro_mutex mu;
    int money;
};
static void transfer(struct account *from, struct account *to) {
    struct account *first = from < to ? from : to, *second = from < to ? to : from;
    for (int i = 0; i < 5; i++) {
        goro_mutex_lock(&first->mu);
        goro_mutex_lock(&second->mu);
        from->money--;
        to->money++;
        goro_mutex_unlock(&first->mu); /* the order of unlocks is free */
        goro_mutex_unlock(&second->mu);
    }
}
static void order_by_address(void) {
    struct account x[3] = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, transfer, &x[i], &x[(i + 1) % 3]);
    goro_wg_wait(&wg);
    CHECK(x[0].money + x[1].money + x[2].money == 0);
}

static void take_two_politely(goro_mutex *a, goro_mutex *b) {
    for (int done = 0; done < 3;) {
        goro_mutex_lock(a);
        if (goro_mutex_try_lock(b)) {
            counted++;
            goro_mutex_unlock(b);
            done++;
        }
        goro_mutex_unlock(a);
        goro_yield();
    }
}
static void back_off(void) {
    goro_mutex a = {0}, b = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, take_two_politely, &a, &b);
    goro_wg_go(&wg, take_two_politely, &b, &a);
    goro_wg_wait(&wg);
}

struct node {
    goro_mutex mu;
    int value;
    struct node *next;
};
static void walk(struct node *head) {
    struct node *at = head;
    goro_mutex_lock(&at->mu);
    while (at->next) {
        struct node *next = at->next;
        goro_mutex_lock(&next->mu);
        at->value++;
        goro_mutex_unlock(&at->mu);
        at = next;
    }
    at->value++;
    goro_mutex_unlock(&at->mu);
}
static void hand_over_hand(void) {
    struct node list[6] = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 5; i++) list[i].next = &list[i + 1];
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, walk, &list[0]);
    goro_wg_wait(&wg);
    CHECK(list[5].value == 4);
}

static int shared;
static void read_again(goro_rwmutex *rw) {
    goro_rwmutex_rlock(rw);
    goro_rwmutex_rlock(rw);
    use(shared);
    goro_rwmutex_runlock(rw);
    goro_rwmutex_runlock(rw);
}
static void read_twice_no_writer(void) { /* nobody writes: legal, if unwise */
    goro_rwmutex rw = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, read_again, &rw);
    goro_wg_go(&wg, read_again, &rw);
    goro_wg_wait(&wg);
}

static void read_then_write(goro_rwmutex *rw) {
    goro_rwmutex_rlock(rw);
    int seen = shared;
    goro_rwmutex_runlock(rw);
    goro_rwmutex_lock(rw);
    if (shared == seen) shared++;
    goro_rwmutex_unlock(rw);
}
static void upgrade_by_letting_go(void) {
    goro_rwmutex rw = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, read_then_write, &rw);
    goro_wg_wait(&wg);
}

static void write_then_read(goro_rwmutex *rw) {
    goro_rwmutex_lock(rw);
    shared++;
    goro_rwmutex_unlock(rw);
    goro_rwmutex_rlock(rw);
    use(shared);
    goro_rwmutex_runlock(rw);
}
static void downgrade(void) {
    goro_rwmutex rw = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, write_then_read, &rw);
    goro_wg_wait(&wg);
}
static void writers_in_turn(void) {
    goro_rwmutex rw = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) {
        goro_wg_go(&wg, write_then_read, &rw);
        goro_wg_go(&wg, write_then_read, &rw);
        goro_wg_wait(&wg);
        goro_wg_go(&wg, read_again, &rw); /* reads twice: no writer is about any more */
        goro_wg_go(&wg, read_again, &rw);
        goro_wg_wait(&wg);
    }
}

static void receive_for(chan(int) c, int *got) { *got = chan_recv(c); }
static void held_over_channel(void) { /* who is waited for needs no lock */
    goro_mutex mu = {0};
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    int got = 0;
    goro_wg_go(&wg, receive_for, c, &got);
    goro_mutex_lock(&mu);
    chan_send(c, 4);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
    CHECK(got == 4);
    chan_free(c);
}

static void lock_once(goro_mutex *mu) {
    goro_mutex_lock(mu);
    counted++;
    goro_mutex_unlock(mu);
}
static void held_while_sleeping(void) {
    goro_mutex mu = {0};
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, lock_once, &mu);
    goro_sleep(30 * GORO_MILLISECOND);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
}

static struct {
    goro_mutex mu;
    goro_cond changed;
    int n, room;
} store;
static void fill(int n) {
    for (int i = 0; i < n; i++) {
        goro_mutex_lock(&store.mu);
        while (store.n == store.room) goro_cond_wait(&store.changed);
        store.n++;
        goro_cond_broadcast(&store.changed);
        goro_mutex_unlock(&store.mu);
    }
}
static void empty(int n) {
    for (int i = 0; i < n; i++) {
        goro_mutex_lock(&store.mu);
        while (store.n == 0) goro_cond_wait(&store.changed);
        store.n--;
        goro_cond_broadcast(&store.changed);
        goro_mutex_unlock(&store.mu);
    }
}
static void fill_and_empty(int room, int fillers) {
    goro_wg wg = {0};
    memset(&store, 0, sizeof store);
    goro_cond_init(&store.changed, &store.mu);
    store.room = room;
    for (int i = 0; i < fillers; i++) {
        goro_wg_go(&wg, empty, 6);
        goro_wg_go(&wg, fill, 6);
    }
    goro_wg_wait(&wg);
    CHECK(store.n == 0);
}
static void cond_loop(void) { fill_and_empty(1, 1); }
static void cond_two_predicates(void) { fill_and_empty(2, 3); }

static void wait_open(int *opened) {
    goro_mutex_lock(&store.mu);
    while (!store.n) goro_cond_wait(&store.changed);
    ++*opened;
    goro_mutex_unlock(&store.mu);
}
static void cond_broadcast_all(void) {
    goro_wg wg = {0};
    int opened = 0;
    memset(&store, 0, sizeof store);
    goro_cond_init(&store.changed, &store.mu);
    for (int i = 0; i < 5; i++) goro_wg_go(&wg, wait_open, &opened);
    stage_pause();
    goro_mutex_lock(&store.mu);
    store.n = 1;
    goro_mutex_unlock(&store.mu);
    goro_cond_broadcast(&store.changed); /* outside of the lock: allowed */
    goro_wg_wait(&wg);
    CHECK(opened == 5);
}

static struct {
    goro_rwmutex rw;
    goro_cond changed;
    bool ready;
} board;
static void read_when_ready(void) {
    goro_rwmutex_rlock(&board.rw);
    while (!board.ready) goro_cond_wait(&board.changed);
    goro_rwmutex_runlock(&board.rw);
}
static void make_ready(void) {
    goro_rwmutex_lock(&board.rw);
    board.ready = true;
    goro_cond_broadcast(&board.changed);
    goro_rwmutex_unlock(&board.rw);
}
static void cond_on_rwmutex(void) {
    memset(&board, 0, sizeof board);
    goro_cond_init_rlock(&board.changed, &board.rw);
    together3(read_when_ready, make_ready, read_when_ready);
}

static void set_up(int *made) { ++*made; }
static void locked_once(goro_mutex *mu, goro_once *once, int *made) {
    goro_mutex_lock(mu);
    goro_once_do(once, set_up, made);
    goro_mutex_unlock(mu);
}
static void once_inside_lock(void) {
    goro_mutex mu = {0};
    goro_once once = {0};
    goro_wg wg = {0};
    int made = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, locked_once, &mu, &once, &made);
    goro_wg_wait(&wg);
    CHECK(made == 1);
}
static void locked_set_up(goro_mutex *mu, int *made) {
    goro_mutex_lock(mu);
    ++*made;
    goro_mutex_unlock(mu);
}
static void once_locked(goro_mutex *mu, goro_once *once, int *made) { goro_once_do(once, locked_set_up, mu, made); }
static void lock_inside_once(void) {
    goro_mutex mu = {0};
    goro_once once = {0};
    goro_wg wg = {0};
    int made = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, once_locked, &mu, &once, &made);
    goro_wg_wait(&wg);
    CHECK(made == 1);
}

static void spin_for(goro_mutex *mu) {
    while (!goro_mutex_try_lock(mu)) goro_yield();
    counted++;
    goro_mutex_unlock(mu);
}
static void try_lock_busy(void) {
    goro_mutex mu = {0};
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, spin_for, &mu);
    stage_pause();
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
}

static void mutex_in_reused_memory(void) { /* the same block again and again, each time another lock, in any order */
    for (int i = 0; i < 6; i++) {
        goro_mutex *a = calloc(2, sizeof *a);
        goro_wg wg = {0};
        CHECK(a);
        goro_wg_go(&wg, take_two, &a[i % 2], &a[1 - i % 2]);
        goro_wg_wait(&wg);
        free(a);
    }
}

static void with_stack_mutex(int depth) {
    goro_mutex mu = {0};
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    goro_wg_go(&wg, lock_once, &mu);
    if (depth) with_stack_mutex(depth - 1);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
}
static void stack_mutex_per_call(void) {
    with_stack_mutex(3);
    with_stack_mutex(3);
}

static void down_up(goro_sem *s, int *x) {
    goro_sem_acquire(s, NULL, 1);
    ++*x;
    goro_sem_release(s, 1);
}
static void semaphore_as_lock(void) {
    goro_sem s;
    goro_wg wg = {0};
    int x = 0;
    goro_sem_init(&s, 1);
    for (int i = 0; i < 5; i++) goro_wg_go(&wg, down_up, &s, &x);
    goro_wg_wait(&wg);
    CHECK(x == 5);
}
static void take_weight(goro_sem *s, int n) {
    goro_sem_acquire(s, goro_ctx_background(), n);
    goro_yield();
    goro_sem_release(s, n);
}
static void weighted_semaphore(void) { /* a heavy one waits while light ones pass before it */
    goro_sem s;
    goro_wg wg = {0};
    goro_sem_init(&s, 4);
    for (int n = 1; n <= 4; n++) goro_wg_go(&wg, take_weight, &s, n);
    goro_wg_wait(&wg);
}

/* A reader that holds on until another has come: both inside at once. */
static void meet_inside(goro_rwmutex *rw, goro_wg *both) {
    goro_rwmutex_rlock(rw);
    goro_wg_done(both);
    goro_wg_wait(both);
    goro_rwmutex_runlock(rw);
}
static void readers_overlap(void) {
    goro_rwmutex rw = {0};
    goro_wg wg = {0}, both = {0};
    goro_wg_add(&both, 2);
    goro_wg_go(&wg, meet_inside, &rw, &both);
    goro_wg_go(&wg, meet_inside, &rw, &both);
    goro_wg_wait(&wg);
}

static void nested(goro_mutex *level, int n) {
    if (!n) return;
    goro_mutex_lock(level);
    nested(level + 1, n - 1);
    goro_mutex_unlock(level);
}
static void nested_scopes(void) {
    goro_mutex levels[20] = {0};
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, nested, levels, 20);
    goro_wg_wait(&wg);
}

static void take_and_tell(goro_mutex *a, goro_mutex *b, chan(goro_empty) told) {
    take_two(a, b);
    chan_send(told, (goro_empty){});
}
static void wait_and_take(goro_mutex *a, goro_mutex *b, chan(goro_empty) told) {
    chan_recv(told);
    take_two(a, b);
}
static void orders_told_by_channel(void) {
    goro_mutex a = {0}, b = {0};
    chan(goro_empty) told = chan_make(goro_empty, 1);
    goro_wg wg = {0};
    goro_wg_go(&wg, take_and_tell, &a, &b, told);
    goro_wg_go(&wg, wait_and_take, &b, &a, told);
    goro_wg_wait(&wg);
    chan_free(told);
}

static void take_ranks(goro_mutex *mu, unsigned which) { /* any subset, lowest first */
    for (unsigned i = 0; i < 3; i++)
        if (which >> i & 1) goro_mutex_lock(&mu[i]);
    for (unsigned i = 0; i < 3; i++)
        if (which >> i & 1) goro_mutex_unlock(&mu[i]);
}
static void three_by_rank(void) {
    goro_mutex mu[3] = {0};
    goro_wg wg = {0};
    for (unsigned which = 1; which < 8; which++) goro_wg_go(&wg, take_ranks, mu, which);
    goro_wg_wait(&wg);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(unlocked_by_another),
        PATTERN(lock_passed_on),
        PATTERN(gate_two_orders),
        PATTERN(wide_gate),
        PATTERN(one_goroutine_both_orders),
        PATTERN(orders_by_phase),
        PATTERN(order_by_address),
        PATTERN(back_off),
        PATTERN(hand_over_hand),
        PATTERN(read_twice_no_writer),
        PATTERN(upgrade_by_letting_go),
        PATTERN(downgrade),
        PATTERN(writers_in_turn),
        PATTERN(held_over_channel),
        PATTERN(held_while_sleeping),
        PATTERN(cond_loop),
        PATTERN(cond_two_predicates),
        PATTERN(cond_broadcast_all),
        PATTERN(cond_on_rwmutex),
        PATTERN(once_inside_lock),
        PATTERN(lock_inside_once),
        PATTERN(try_lock_busy),
        PATTERN(mutex_in_reused_memory),
        PATTERN(stack_mutex_per_call),
        PATTERN(semaphore_as_lock),
        PATTERN(weighted_semaphore),
        PATTERN(readers_overlap),
        PATTERN(nested_scopes),
        PATTERN(orders_told_by_channel),
        PATTERN(three_by_rank),
    };
    return RUN_PATTERNS(all, argc, argv);
}
