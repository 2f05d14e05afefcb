/* Linearizability: in many small random histories of one channel, used by several goroutines at once through every
 * operation, there is an order of the operations that agrees with their real-time order and with what each returned.
 *
 * The specification is a bounded queue that can be closed; with capacity 0 a send and a receive take effect together.
 * The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993) with Lowe's memory of the
 * configurations that have failed. Everything derives from a seed, which is printed when a history has no order. */
#include "runtime/waiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { WORKERS = 4, OPS_EACH = 4, OPS_MAX = WORKERS * OPS_EACH + 8, HISTORIES = 3000 };
enum kind { SEND, RECV, TRY_SEND, TRY_RECV, CLOSE };
static const char *const kind_names[] = {"send", "recv", "try_send", "try_recv", "close"};

struct operation {
    enum kind kind;
    int value;
    bool ok;
    uint64_t begin, end; /* real time: a counter */
};

static struct operation history[OPS_MAX];
static unsigned recorded;
static uint64_t clock_ticks;
static chan(int) channel;
static int capacity;

/* -- making a history ----------------------------------------------------------------------------------------------- */

static uint32_t roll(uint64_t *seed, uint32_t n) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)((*seed >> 33) % n);
}
static uint64_t tick(void) { return __atomic_fetch_add(&clock_ticks, 1, __ATOMIC_SEQ_CST); }

static void record(enum kind kind, int value, bool by_select) {
    struct operation op = {.kind = kind, .value = value, .ok = true};
    int v = 0;
    op.begin = tick();
    switch (kind) {
    case SEND:
        if (by_select) {
            chan_select {
                chan_case_send(channel, value) {}
            }
        } else {
            chan_send(channel, value);
        }
        break;
    case RECV:
        if (by_select) {
            chan_select {
                chan_case_recv_ok(channel, v, op.ok) {}
            }
        } else {
            op.ok = chan_recv_ok(channel, &v);
        }
        op.value = v;
        break;
    case TRY_SEND: op.ok = chan_try_send(channel, value); break;
    case TRY_RECV:
        op.ok = chan_try_recv(channel, &v);
        op.value = v;
        break;
    case CLOSE: chan_close(channel);
    }
    op.end = tick();
    history[__atomic_fetch_add(&recorded, 1, __ATOMIC_SEQ_CST)] = op;
}

static void send_some(uint64_t seed, int first_value, goro_wg *wg) {
    for (int i = 0; i < OPS_EACH; i++) {
        if (roll(&seed, 3) == 0) goro_yield();
        record(roll(&seed, 3) ? SEND : TRY_SEND, first_value + i, roll(&seed, 2));
    }
    goro_wg_done(wg);
}

static void receive_some(uint64_t seed, goro_wg *wg) {
    bool closed = false;
    for (int i = 0; !closed && i < 2 * OPS_EACH; i++) {
        if (roll(&seed, 3) == 0) goro_yield();
        record(roll(&seed, 4) ? RECV : TRY_RECV, 0, roll(&seed, 2));
    }
    goro_wg_done(wg);
}

/* Two senders, two receivers, a close once the senders are done; what then still blocks is let go by it. */
static void make_history(uint64_t seed) {
    goro_wg senders = {0}, receivers = {0};
    capacity = (int)roll(&seed, 4);
    channel = chan_make(int, capacity);
    recorded = 0;
    clock_ticks = 0;
    goro_wg_add(&senders, 2);
    goro_wg_add(&receivers, 1);
    uint64_t seeds[3] = {seed + 1, seed + 2, seed + 3};
    go(send_some, seeds[0], 100, &senders);
    go(receive_some, seeds[1], &receivers);
    go(send_some, seeds[2], 200, &senders);
    for (int i = 0; i < OPS_EACH; i++) record(roll(&seed, 2) ? TRY_RECV : TRY_SEND, 300 + i, false);
    /* a receiver for what the senders still want to send, however many of theirs were tries that failed */
    chan(int) all = channel;
    goro_wg drained = {0};
    (void)all, (void)drained;
    while (__atomic_load_n(&senders.count_, __ATOMIC_RELAXED) > 0) {
        if (recorded < OPS_MAX - 4) record(TRY_RECV, 0, false);
        else (void)chan_try_recv(channel, &(int){0});
        goro_yield();
    }
    goro_wg_wait(&senders);
    record(CLOSE, 0, false);
    goro_wg_wait(&receivers);
    chan_free(channel);
}
