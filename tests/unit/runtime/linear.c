/* Linearizability: for every small random history of one channel, used by several goroutines at once through every
 * operation, there is an order of the operations that agrees with real time and with what each of them returned.
 *
 * The specification is a bounded queue that can be closed; with capacity 0 a send and a receive take effect together. The
 * search is Wing and Gong's ("Testing and verifying concurrent objects", 1993), which remembers configurations that have
 * failed (Lowe, "Testing for linearizability", 2016). The seed is printed; with one P a history repeats by its seed. */
#include "runtime/waiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SENDERS = 2, RECEIVERS = 2, SENDS = 4, TRIES = 3, HISTORIES = 4000, CAPACITY_MAX = 3 };
/* sends, as many receives, failed tries, the receives that saw the close, the close */
enum { OPERATIONS_MAX = 2 * SENDERS * SENDS + RECEIVERS * TRIES + RECEIVERS + 1 };
_Static_assert(OPERATIONS_MAX <= 28, "a configuration fits into 64 bits");

enum kind { SEND, TRY_SEND, RECV, TRY_RECV, CLOSE };
static const char *const kind_names[] = {"send", "try_send", "recv", "try_recv", "close"};

struct operation {
    enum kind kind;
    int value;
    bool ok;
    uint64_t begin, end; /* real time: a counter */
};

static struct {
    struct operation operations[OPERATIONS_MAX];
    unsigned n;
    uint64_t ticks;
    int capacity;
    chan(int) channel;
} history;

/* -- making a history ----------------------------------------------------------------------------------------------- */

static uint32_t roll(uint64_t *seed, uint32_t n) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)((*seed >> 33) % n);
}

static uint64_t tick(void) { return __atomic_fetch_add(&history.ticks, 1, __ATOMIC_SEQ_CST); }

static void send_by_select(int value) {
    chan_select {
        chan_case_send(history.channel, value) {}
    }
}
static bool receive_by_select(int *value) {
    bool ok = false;
    chan_select {
        chan_case_recv_ok(history.channel, *value, ok) {}
    }
    return ok;
}

/* Does one operation and records it; what it returned. */
static bool record(enum kind kind, int value, bool by_select) {
    struct operation op = {.kind = kind, .value = value, .ok = true, .begin = tick()};
    switch (kind) {
    case SEND:
        if (by_select) send_by_select(value);
        else chan_send(history.channel, value);
        break;
    case TRY_SEND: op.ok = chan_try_send(history.channel, value); break;
    case RECV: op.ok = by_select ? receive_by_select(&op.value) : chan_recv_ok(history.channel, &op.value); break;
    case TRY_RECV: op.ok = chan_try_recv(history.channel, &op.value); break;
    case CLOSE: chan_close(history.channel); break;
    }
    op.end = tick();
    unsigned at = __atomic_fetch_add(&history.n, 1, __ATOMIC_SEQ_CST);
    if (at >= OPERATIONS_MAX) abort();
    history.operations[at] = op;
    return op.ok;
}

static void send_some(uint64_t seed, int first_value, goro_wg *wg) {
    for (int i = 0; i < SENDS; i++) {
        if (roll(&seed, 3) == 0) goro_yield();
        record(roll(&seed, 3) ? SEND : TRY_SEND, first_value + i, roll(&seed, 2));
    }
    goro_wg_done(wg);
}

static void receive_all(uint64_t seed, goro_wg *wg) {
    int tries = TRIES;
    bool open = true;
    while (open) {
        if (roll(&seed, 3) == 0) goro_yield();
        if (tries > 0 && roll(&seed, 3) == 0) tries -= !record(TRY_RECV, 0, false);
        else open = record(RECV, 0, roll(&seed, 2));
    }
    goro_wg_done(wg);
}

static void make_history(uint64_t seed) {
    goro_wg senders = {0}, receivers = {0};
    history.capacity = (int)roll(&seed, CAPACITY_MAX + 1);
    history.channel = chan_make(int, history.capacity);
    history.n = 0;
    history.ticks = 0;
    goro_wg_add(&senders, SENDERS);
    goro_wg_add(&receivers, RECEIVERS);
    for (int i = 0; i < SENDERS || i < RECEIVERS; i++) {
        if (i < SENDERS) go(send_some, seed + (unsigned)i * 7919, 10 + 20 * i, &senders);
        if (i < RECEIVERS) go(receive_all, seed + (unsigned)i * 104729, &receivers);
    }
    goro_wg_wait(&senders);
    record(CLOSE, 0, false);
    goro_wg_wait(&receivers);
    chan_free(history.channel);
}

/* -- the specification --------------------------------------------------------------------------------------------------- */

struct configuration {
    uint32_t done; /* a bit for each operation */
    int length, queue[CAPACITY_MAX];
    bool closed;
};

/* Configurations from which no order was found. */
enum { FAILED_SIZE = 1 << 18 };
static uint64_t failed[FAILED_SIZE];
static unsigned failed_count;

static uint64_t pack(const struct configuration *c) {
    uint64_t key = c->done;
    for (int i = 0; i < CAPACITY_MAX; i++) key = key << 6 | (unsigned)(i < c->length ? c->queue[i] : 0);
    return (key << 2 | c->closed) << 1 | 1; /* never 0 */
}
static uint64_t *failed_slot(uint64_t key) {
    size_t i = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 46;
    while (failed[i] && failed[i] != key) i = (i + 1) % FAILED_SIZE;
    return &failed[i];
}

/* Applies an operation to the queue; false: it cannot have returned what it did. Not for the meeting of capacity 0. */
static bool apply(struct configuration *c, const struct operation *op) {
    switch (op->kind) {
    case SEND:
    case TRY_SEND:
        if (c->closed) return false;
        if (!op->ok) return history.capacity == 0 || c->length == history.capacity;
        if (c->length == history.capacity) return false;
        c->queue[c->length++] = op->value;
        return true;
    case RECV:
    case TRY_RECV:
        if (!op->ok) return c->length == 0 && op->value == 0 && (c->closed || op->kind == TRY_RECV);
        if (c->length == 0 || c->queue[0] != op->value) return false;
        memmove(c->queue, c->queue + 1, sizeof c->queue - sizeof *c->queue);
        c->length--;
        return true;
    case CLOSE: return !c->closed && (c->closed = true);
    }
    return false;
}

static bool is_receive(const struct operation *op) { return op->kind == RECV || op->kind == TRY_RECV; }
static bool meets(const struct operation *a, const struct operation *b) {
    return (a->kind == SEND || a->kind == TRY_SEND) && a->ok && is_receive(b) && b->ok && a->value == b->value;
}

static bool search(const struct configuration *c);

static bool search_after(struct configuration next, unsigned i, unsigned j) {
    next.done |= UINT32_C(1) << i | UINT32_C(1) << j;
    return search(&next);
}

static bool search(const struct configuration *c) {
    uint64_t limit = UINT64_MAX; /* what began after this cannot come next: some other has ended before it */
    if (c->done == (UINT32_C(1) << history.n) - 1) return true;
    uint64_t key = pack(c);
    if (*failed_slot(key) == key) return false;
    for (unsigned i = 0; i < history.n; i++)
        if (!(c->done >> i & 1) && history.operations[i].end < limit) limit = history.operations[i].end;
    for (unsigned i = 0; i < history.n; i++) {
        const struct operation *op = &history.operations[i];
        if (c->done >> i & 1 || op->begin > limit) continue;
        struct configuration next = *c;
        if (apply(&next, op) && search_after(next, i, i)) return true;
        for (unsigned j = 0; history.capacity == 0 && !c->closed && j < history.n; j++) {
            const struct operation *other = &history.operations[j];
            if (c->done >> j & 1 || other->begin > limit || !meets(op, other)) continue;
            if (search_after(*c, i, j)) return true;
        }
    }
    if (failed_count++ < FAILED_SIZE / 2) *failed_slot(key) = key;
    return false;
}

static bool has_order(void) {
    if (failed_count) memset(failed, 0, sizeof failed);
    failed_count = 0;
    return search(&(struct configuration){0});
}

static void print_history(uint64_t seed) {
    print_message("seed %lu, capacity %d\n", seed, history.capacity);
    for (unsigned i = 0; i < history.n; i++) {
        const struct operation *op = &history.operations[i];
        print_message("%3lu..%-3lu %s %d %s\n", op->begin, op->end, kind_names[op->kind], op->value, op->ok ? "ok" : "no");
    }
}

/* -- the tests ------------------------------------------------------------------------------------------------------------- */

static void random_histories_have_an_order(void **state) {
    (void)state;
    const char *text = getenv("LINEAR_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)goro_now();
    print_message("seed %lu\n", seed);
    for (int i = 0; i < HISTORIES; i++, seed++) {
        make_history(seed);
        if (has_order()) continue;
        print_history(seed);
        fail();
    }
}

/* The checker must be able to say no: good histories, spoilt in one place. */
static void a_spoilt_history_has_no_order(void **state) {
    (void)state;
    static const struct operation fifo[] = {
        {SEND, 1, true, 0, 1}, {SEND, 2, true, 2, 3}, {RECV, 1, true, 4, 5}, {RECV, 2, true, 6, 7}};
    for (int spoilt = 0; spoilt < 5; spoilt++) {
        history.capacity = 2;
        history.n = 4;
        memcpy(history.operations, fifo, sizeof fifo);
        if (spoilt == 1) history.operations[2].value = 2, history.operations[3].value = 1; /* overtaken */
        if (spoilt == 2) history.operations[3].value = 1;                                  /* twice */
        if (spoilt == 3) history.capacity = 1;                                             /* too many at a time */
        if (spoilt == 4) history.operations[2] = (struct operation){TRY_RECV, 0, false, 4, 5}; /* was not empty */
        assert_int_equal(has_order(), spoilt == 0);
    }
    history.capacity = 0; /* no meeting without overlap */
    memcpy(history.operations, fifo, sizeof fifo);
    assert_false(has_order());
    history.n = 2;
    history.operations[1] = (struct operation){RECV, 1, true, 0, 3};
    assert_true(has_order());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spoilt_history_has_no_order),
        cmocka_unit_test(random_histories_have_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
