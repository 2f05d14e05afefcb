// What orders by atomics alone: publication, locks and queues made of them, release sequences, fences.
// expect: none
// each: publish_flag publish_pointer publish_relaxed_fences seqlock rcu_swap double_checked ring_spsc queue_mpmc stack_treiber
// each: ticket_lock queue_lock filter_lock spin_test_and_set count_to_zero release_sequence_rmw release_sequence_chain
// each: barrier_by_count flag_per_worker epoch_reclaim wait_free_snapshot handoff_exchange bit_lock bounded_counter
// each: lazy_array fence_message relaxed_statistics compare_then_own two_stage_publish
// runs: 2
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../pick.h"
#include "../stage.h"

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(x) ((x) ? (void)0 : abort())
#define UNTIL(x)                                                                                                       \
    while (!(x)) goro_yield()

static void run_many(int n, void (*fn)(int)) {
    goro_wg wg = {0};
    for (int i = 0; i < n; i++) goro_wg_go(&wg, fn, i);
    goro_wg_wait(&wg);
}

static int data[8];
static atomic_int flag, next, count;
static _Atomic(int *) published;
static void reset(void) {
    memset(data, 0, sizeof data);
    atomic_store(&flag, 0);
    atomic_store(&next, 0);
    atomic_store(&count, 0);
    atomic_store(&published, NULL);
}

static void publisher(void) {
    data[0] = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
}
static void subscriber(void) {
    UNTIL(atomic_load_explicit(&flag, memory_order_acquire));
    CHECK(data[0] == 1);
}
static void publish_flag(void) {
    reset();
    together3(subscriber, publisher, subscriber);
}

static void publish_block(void) {
    int *p = malloc(4 * sizeof *p);
    CHECK(p);
    for (int i = 0; i < 4; i++) p[i] = i;
    atomic_store_explicit(&published, p, memory_order_release);
}
static void read_block(void) {
    int *p;
    UNTIL(p = atomic_load_explicit(&published, memory_order_acquire));
    CHECK(p[3] == 3);
}
static void publish_pointer(void) {
    reset();
    together3(read_block, publish_block, read_block);
    free(atomic_load(&published));
}

static void publish_behind_fence(void) {
    data[1] = 2;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
}
static void read_behind_fence(void) {
    UNTIL(atomic_load_explicit(&flag, memory_order_relaxed));
    atomic_thread_fence(memory_order_acquire);
    CHECK(data[1] == 2);
}
static void publish_relaxed_fences(void) {
    reset();
    together3(read_behind_fence, publish_behind_fence, read_behind_fence);
}

/* The data of a seqlock are relaxed atomics: read while they change, thrown away then. */
static struct {
    atomic_uint version;
    atomic_int a, b;
} seq;
static void seq_write(void) {
    for (int i = 1; i <= 10; i++) {
        unsigned v = atomic_load_explicit(&seq.version, memory_order_relaxed);
        atomic_store_explicit(&seq.version, v + 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&seq.a, i, memory_order_relaxed);
        atomic_store_explicit(&seq.b, -i, memory_order_relaxed);
        atomic_store_explicit(&seq.version, v + 2, memory_order_release);
    }
}
static void seq_read(void) {
    for (int got = 0; got < 5;) {
        unsigned before = atomic_load_explicit(&seq.version, memory_order_acquire);
        int a = atomic_load_explicit(&seq.a, memory_order_relaxed),
            b = atomic_load_explicit(&seq.b, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 || before != atomic_load_explicit(&seq.version, memory_order_relaxed)) goro_yield();
        else {
            CHECK(a == -b);
            got++;
        }
    }
}
static void seqlock(void) { together3(seq_read, seq_write, seq_read); }

/* Read-copy-update: readers say when they are out, the writer waits for that before it frees the old one. */
static atomic_int inside;
static void rcu_read(void) {
    for (int i = 0; i < 5; i++) {
        atomic_fetch_add(&inside, 1);
        int *p = atomic_load(&published);
        if (p) use(*p);
        atomic_fetch_sub(&inside, 1);
        goro_yield();
    }
}
static void rcu_write(void) {
    for (int i = 0; i < 4; i++) {
        int *fresh = malloc(sizeof *fresh), *old;
        CHECK(fresh);
        *fresh = i;
        old = atomic_exchange(&published, fresh);
        UNTIL(atomic_load(&inside) == 0);
        free(old);
    }
}
static void rcu_swap(void) {
    reset();
    together3(rcu_read, rcu_write, rcu_read);
    free(atomic_load(&published));
}

static goro_mutex making;
static void want_singleton(int unused) {
    int *p = atomic_load_explicit(&published, memory_order_acquire);
    (void)unused;
    if (!p) {
        goro_mutex_lock(&making);
        p = atomic_load_explicit(&published, memory_order_relaxed);
        if (!p) {
            p = malloc(sizeof *p);
            CHECK(p);
            *p = 42;
            atomic_store_explicit(&published, p, memory_order_release);
        }
        goro_mutex_unlock(&making);
    }
    CHECK(*p == 42);
}
static void double_checked(void) {
    reset();
    run_many(5, want_singleton);
    free(atomic_load(&published));
}

enum { RING = 4, ITEMS = 20 };
static struct {
    int slots[RING];
    atomic_uint head, tail;
} ring;
static void ring_put(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        UNTIL(i - atomic_load_explicit(&ring.head, memory_order_acquire) < RING);
        ring.slots[i % RING] = (int)i;
        atomic_store_explicit(&ring.tail, i + 1, memory_order_release);
    }
}
static void ring_get(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        UNTIL(atomic_load_explicit(&ring.tail, memory_order_acquire) != i);
        CHECK(ring.slots[i % RING] == (int)i);
        atomic_store_explicit(&ring.head, i + 1, memory_order_release);
    }
}
static void ring_spsc(void) {
    memset(&ring, 0, sizeof ring);
    together(ring_put, ring_get);
}

/* A bounded queue whose slots carry sequence numbers. */
static struct {
    struct {
        atomic_uint sequence;
        int value;
    } slots[RING];
    atomic_uint in, out;
} mpmc;
static void mpmc_put(int value) {
    for (;;) {
        unsigned at = atomic_load_explicit(&mpmc.in, memory_order_relaxed);
        unsigned s = atomic_load_explicit(&mpmc.slots[at % RING].sequence, memory_order_acquire);
        if (s == at &&
            atomic_compare_exchange_weak_explicit(&mpmc.in, &at, at + 1, memory_order_relaxed, memory_order_relaxed)) {
            mpmc.slots[at % RING].value = value;
            atomic_store_explicit(&mpmc.slots[at % RING].sequence, at + 1, memory_order_release);
            return;
        }
        goro_yield();
    }
}
static int mpmc_get(void) {
    for (;;) {
        unsigned at = atomic_load_explicit(&mpmc.out, memory_order_relaxed);
        unsigned s = atomic_load_explicit(&mpmc.slots[at % RING].sequence, memory_order_acquire);
        if (s == at + 1 &&
            atomic_compare_exchange_weak_explicit(&mpmc.out, &at, at + 1, memory_order_relaxed, memory_order_relaxed)) {
            int value = mpmc.slots[at % RING].value;
            atomic_store_explicit(&mpmc.slots[at % RING].sequence, at + RING, memory_order_release);
            return value;
        }
        goro_yield();
    }
}
static void mpmc_work(int me) {
    for (int i = 0; i < 6; i++) {
        if (me % 2) mpmc_put(i);
        else atomic_fetch_add_explicit(&count, mpmc_get(), memory_order_relaxed);
    }
}
static void queue_mpmc(void) {
    reset();
    memset(&mpmc, 0, sizeof mpmc);
    for (unsigned i = 0; i < RING; i++) atomic_store(&mpmc.slots[i].sequence, i);
    run_many(4, mpmc_work);
    CHECK(atomic_load(&count) == 30);
}

/* Nodes are pushed by many and taken all at once by one: no reuse meanwhile. */
static struct cell {
    struct cell *next;
    int value;
} cells[6];
static _Atomic(struct cell *) top;
static void push(int i) {
    cells[i].value = i;
    cells[i].next = atomic_load_explicit(&top, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&top, &cells[i].next, &cells[i], memory_order_release,
                                                  memory_order_relaxed))
        continue;
}
static void take_or_push(int i) {
    if (i < 6) {
        push(i);
        return;
    }
    for (int sum = 0, n = 0; n < 6; goro_yield())
        for (struct cell *c = atomic_exchange_explicit(&top, NULL, memory_order_acquire); c; c = c->next) {
            sum += c->value;
            CHECK(++n < 6 || sum == 15);
        }
}
static void stack_treiber(void) { run_many(7, take_or_push); }

static atomic_int serving;
static void with_ticket(int unused) {
    int mine = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    (void)unused;
    UNTIL(atomic_load_explicit(&serving, memory_order_acquire) == mine);
    data[0]++;
    atomic_store_explicit(&serving, mine + 1, memory_order_release);
}
static void ticket_lock(void) {
    reset();
    atomic_store(&serving, 0);
    run_many(5, with_ticket);
    CHECK(data[0] == 5);
}

/* Craig, Landin and Hagersten: each waits for the node of the one before. */
static struct { atomic_bool busy; } nodes[6];
static atomic_int tail_node;
static void with_queue_lock(int i) {
    int mine = i + 1;
    atomic_store_explicit(&nodes[mine].busy, true, memory_order_relaxed);
    int before = atomic_exchange_explicit(&tail_node, mine, memory_order_acq_rel);
    UNTIL(!atomic_load_explicit(&nodes[before].busy, memory_order_acquire));
    data[1]++;
    atomic_store_explicit(&nodes[mine].busy, false, memory_order_release);
}
static void queue_lock(void) {
    reset();
    atomic_store(&tail_node, 0);
    run_many(5, with_queue_lock);
    CHECK(data[1] == 5);
}

static atomic_int level[3], victim[3];
static bool meets_other(int me, int l) {
    if (atomic_load(&victim[l]) != me) return false;
    for (int k = 0; k < 3; k++)
        if (k != me && atomic_load(&level[k]) >= l) return true;
    return false;
}
static void with_filter(int me) {
    for (int l = 1; l < 3; l++) {
        atomic_store(&level[me], l);
        atomic_store(&victim[l], me);
        while (meets_other(me, l)) goro_yield();
    }
    data[2]++;
    atomic_store(&level[me], 0);
}
static void filter_lock(void) { /* Peterson's for three */
    reset();
    run_many(3, with_filter);
    CHECK(data[2] == 3);
}

static atomic_flag held = ATOMIC_FLAG_INIT;
static void with_flag(int unused) {
    (void)unused;
    while (atomic_flag_test_and_set_explicit(&held, memory_order_acquire)) goro_yield();
    data[3]++;
    atomic_flag_clear_explicit(&held, memory_order_release);
}
static void spin_test_and_set(void) {
    reset();
    run_many(4, with_flag);
    CHECK(data[3] == 4);
}

static void drop_reference(int i) { /* the last one sees what all did */
    data[i] = i + 1;
    if (atomic_fetch_sub_explicit(&count, 1, memory_order_release) != 1) return;
    atomic_thread_fence(memory_order_acquire);
    CHECK(data[0] + data[1] + data[2] + data[3] == 10);
}
static void count_to_zero(void) {
    reset();
    atomic_store(&count, 4);
    run_many(4, drop_reference);
}

static void head_of_sequence(void) {
    data[0] = 5;
    atomic_store_explicit(&flag, 1, memory_order_release);
}
static void middle_of_sequence(void) {
    UNTIL(atomic_load_explicit(&flag, memory_order_relaxed));
    atomic_fetch_add_explicit(&flag, 1, memory_order_relaxed); /* goes on with the sequence */
}
static void end_of_sequence(void) {
    UNTIL(atomic_load_explicit(&flag, memory_order_acquire) == 2);
    CHECK(data[0] == 5);
}
static void release_sequence_rmw(void) {
    reset();
    together3(end_of_sequence, middle_of_sequence, head_of_sequence);
}
static void join_chain(int i) {
    data[i] = i;
    atomic_fetch_add_explicit(&count, 1, memory_order_release);
    if (i) return;
    UNTIL(atomic_load_explicit(&count, memory_order_acquire) == 5);
    CHECK(data[1] + data[2] + data[3] + data[4] == 10);
}
static void release_sequence_chain(void) {
    reset();
    run_many(5, join_chain);
}

static void meet_by_count(int i) {
    for (int round = 0; round < 3; round++) {
        data[i] = round;
        atomic_fetch_add(&count, 1);
        UNTIL(atomic_load(&count) >= (2 * round + 1) * 3);
        CHECK(data[(i + 1) % 3] == round);
        atomic_fetch_add(&count, 1);
        UNTIL(atomic_load(&count) >= (2 * round + 2) * 3);
    }
}
static void barrier_by_count(void) {
    reset();
    run_many(3, meet_by_count);
}

static atomic_int ready[4];
static void tell_by_flag(int i) {
    if (i < 4) {
        data[i] = i;
        atomic_store_explicit(&ready[i], 1, memory_order_release);
        return;
    }
    for (int k = 0; k < 4; k++) {
        UNTIL(atomic_load_explicit(&ready[k], memory_order_acquire));
        CHECK(data[k] == k);
    }
}
static void flag_per_worker(void) {
    reset();
    for (int i = 0; i < 4; i++) atomic_store(&ready[i], 0);
    run_many(5, tell_by_flag);
}

/* Readers announce the epoch they read in; what was retired two epochs ago is freed. */
static atomic_int global_epoch, reader_epoch; /* reader: 0 when out */
static void epoch_reader(void) {
    for (int i = 0; i < 4; i++) {
        atomic_store(&reader_epoch, atomic_load(&global_epoch));
        int *p = atomic_load(&published);
        if (p) use(*p);
        atomic_store(&reader_epoch, 0);
        goro_yield();
    }
}
static void epoch_writer(void) {
    for (int i = 0; i < 3; i++) {
        int *fresh = malloc(sizeof *fresh), *old, e;
        CHECK(fresh);
        *fresh = i;
        old = atomic_exchange(&published, fresh);
        e = atomic_fetch_add(&global_epoch, 1) + 1;
        for (int r; (r = atomic_load(&reader_epoch)) && r < e;) goro_yield();
        free(old);
    }
}
static void epoch_reclaim(void) {
    reset();
    atomic_store(&global_epoch, 1);
    together(epoch_reader, epoch_writer);
    free(atomic_load(&published));
}

/* Three buffers: the writer's, the reader's, and the one in between that they swap for. */
static int buffers[3][2];
static atomic_int middle; /* 4: it is fresh */
static void triple_write(void) {
    for (int i = 1, mine = 0; i <= 8; i++) {
        buffers[mine][0] = buffers[mine][1] = i;
        mine = atomic_exchange(&middle, mine | 4) & 3;
    }
}
static void triple_read(void) {
    for (int mine = 2, seen = 0; seen < 8; goro_yield()) {
        if (!(atomic_load(&middle) & 4)) continue;
        mine = atomic_exchange(&middle, mine) & 3;
        CHECK(buffers[mine][0] == buffers[mine][1]);
        seen = buffers[mine][0];
    }
}
static void wait_free_snapshot(void) {
    atomic_store(&middle, 1);
    together(triple_write, triple_read);
}

static void give_by_exchange(void) {
    for (int i = 0; i < 4; i++) {
        int *p = malloc(sizeof *p), *none = NULL;
        CHECK(p);
        *p = i;
        while (!atomic_compare_exchange_weak(&published, &none, p)) {
            none = NULL;
            goro_yield();
        }
    }
}
static void take_by_exchange(void) {
    for (int i = 0; i < 4; i++) {
        int *p;
        UNTIL(p = atomic_exchange(&published, NULL));
        CHECK(*p == i);
        free(p);
    }
}
static void handoff_exchange(void) {
    reset();
    together(give_by_exchange, take_by_exchange);
}

static atomic_uint bits;
static void with_bit(int i) {
    unsigned bit = 1u << i % 2;
    while (atomic_fetch_or_explicit(&bits, bit, memory_order_acquire) & bit) goro_yield();
    data[i % 2]++;
    atomic_fetch_and_explicit(&bits, ~bit, memory_order_release);
}
static void bit_lock(void) { /* two locks in one word */
    reset();
    run_many(6, with_bit);
    CHECK(data[0] == 3 && data[1] == 3);
}

static void take_below_limit(int i) { /* who gets a place owns it */
    int n = atomic_load_explicit(&count, memory_order_relaxed);
    while (n < 4)
        if (atomic_compare_exchange_weak_explicit(&count, &n, n + 1, memory_order_relaxed, memory_order_relaxed)) {
            data[n] = i;
            return;
        }
}
static void bounded_counter(void) {
    reset();
    run_many(7, take_below_limit);
    CHECK(atomic_load(&count) == 4);
}

static _Atomic(int *) blocks[3];
static void use_block(int i) { /* made by whoever comes first; who comes second throws his own away */
    int *fresh = calloc(2, sizeof *fresh), *there = NULL;
    CHECK(fresh);
    fresh[0] = i % 3;
    if (!atomic_compare_exchange_strong(&blocks[i % 3], &there, fresh)) free(fresh);
    else there = fresh;
    CHECK(there[0] == i % 3);
}
static void lazy_array(void) {
    run_many(6, use_block);
    for (int i = 0; i < 3; i++) free(atomic_exchange(&blocks[i], NULL));
}

static void send_behind_fence(int i) {
    if (i) {
        data[i] = i;
        atomic_thread_fence(memory_order_seq_cst);
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        return;
    }
    UNTIL(atomic_load_explicit(&count, memory_order_relaxed) == 3);
    atomic_thread_fence(memory_order_seq_cst);
    CHECK(data[1] + data[2] + data[3] == 6);
}
static void fence_message(void) {
    reset();
    run_many(4, send_behind_fence);
}

static void count_relaxed(int i) {
    for (int k = 0; k < 10; k++) atomic_fetch_add_explicit(&count, i, memory_order_relaxed);
}
static void relaxed_statistics(void) {
    reset();
    run_many(4, count_relaxed);
    CHECK(atomic_load_explicit(&count, memory_order_relaxed) == 60);
}

static void own_by_compare(int i) { /* a slot is empty, then somebody's, then full: only its owner writes it */
    int empty = 0;
    if (atomic_compare_exchange_strong_explicit(&flag, &empty, 1, memory_order_acquire, memory_order_acquire)) {
        data[0] = i + 10;
        atomic_store_explicit(&flag, 2, memory_order_release);
    } else {
        UNTIL(atomic_load_explicit(&flag, memory_order_acquire) == 2);
        CHECK(data[0] >= 10);
    }
}
static void compare_then_own(void) {
    reset();
    run_many(4, own_by_compare);
}

static void relay(int i) { /* the first tells the second, who tells the third: it knows of both */
    if (i) UNTIL(atomic_load_explicit(&ready[i - 1], memory_order_acquire));
    for (int k = 0; k < i; k++) CHECK(data[k] == k + 1);
    data[i] = i + 1;
    atomic_store_explicit(&ready[i], 1, memory_order_release);
}
static void two_stage_publish(void) {
    reset();
    for (int i = 0; i < 4; i++) atomic_store(&ready[i], 0);
    run_many(3, relay);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(publish_flag),
        PATTERN(publish_pointer),
        PATTERN(publish_relaxed_fences),
        PATTERN(seqlock),
        PATTERN(rcu_swap),
        PATTERN(double_checked),
        PATTERN(ring_spsc),
        PATTERN(queue_mpmc),
        PATTERN(stack_treiber),
        PATTERN(ticket_lock),
        PATTERN(queue_lock),
        PATTERN(filter_lock),
        PATTERN(spin_test_and_set),
        PATTERN(count_to_zero),
        PATTERN(release_sequence_rmw),
        PATTERN(release_sequence_chain),
        PATTERN(barrier_by_count),
        PATTERN(flag_per_worker),
        PATTERN(epoch_reclaim),
        PATTERN(wait_free_snapshot),
        PATTERN(handoff_exchange),
        PATTERN(bit_lock),
        PATTERN(bounded_counter),
        PATTERN(lazy_array),
        PATTERN(fence_message),
        PATTERN(relaxed_statistics),
        PATTERN(compare_then_own),
        PATTERN(two_stage_publish),
    };
    return RUN_PATTERNS(all, argc, argv);
}
