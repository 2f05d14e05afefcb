/* Collects events in a ring. A trace of the run is sent whole: when the ring is full, at the monitor's ticks, before a
 * finding and at the end. For what led to a finding the ring is only sent before one; until then old events make room. */
#include "instrument/trace_out.h"
#include "instrument/dfs.h"
#include "instrument/footprint.h"
#include "instrument/front.h"
#include "instrument/strategy.h"
#include "instrument/wire_out.h"
#include "runtime/base/futex.h"

#include <sched.h>

enum { RING = 4096, SENT_AT_ONCE = 1024 };
_Static_assert(RING % SENT_AT_ONCE == 0, "a full ring is sent in whole records");
_Static_assert(SENT_AT_ONCE * sizeof(struct wire_event) < WIRE_PAYLOAD_MAX - 64, "a record has room for so many");

bool trace_on;
static struct {
    bool busy;  /* the lock: acquire to take, release to drop, each pairs with the other */
    bool whole; /* nothing may be forgotten */
    uint64_t lost;
    size_t first, count;
    struct wire_event event[RING];
} ring;
static __thread bool inside __attribute__((tls_model("initial-exec"))); /* this thread has the lock */

void trace_out_start(void) {
    trace_on = front_options.trace != 0;
    ring.whole = front_options.trace == 1;
}

static bool enter(void) {
    if (inside) { /* a signal handler */
        __atomic_fetch_add(&ring.lost, 1, __ATOMIC_RELAXED);
        return false;
    }
    inside = true;
    while (__atomic_exchange_n(&ring.busy, true, __ATOMIC_ACQUIRE)) sched_yield();
    return true;
}

static void leave(void) {
    __atomic_store_n(&ring.busy, false, __ATOMIC_RELEASE);
    inside = false;
}

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

static void send_locked(void) {
    uint64_t lost = __atomic_exchange_n(&ring.lost, 0, __ATOMIC_RELAXED);

    while (ring.count || lost) {
        size_t n = min(min(ring.count, RING - ring.first), SENT_AT_ONCE);
        wire_out_events(ring.event + ring.first, n, lost);
        ring.first = (ring.first + n) % RING;
        ring.count -= n;
        lost = 0;
    }
}

static struct wire_event *new_event_locked(void) {
    if (ring.count == (ring.whole ? SENT_AT_ONCE : RING)) {
        if (ring.whole) send_locked();
        else {
            ring.first = (ring.first + 1) % RING;
            ring.count--;
        }
    }
    return &ring.event[(ring.first + ring.count++) % RING];
}

void trace_out_record(const struct det_task *task, enum wire_event_kind kind, unsigned object, uint64_t other,
                      uint64_t value, uint64_t pc) {
    if (unlikely(dfs_on)) dfs_event(task ? det_task_id(task) : 0, kind, other);
    if (unlikely(strategy_steers) && kind == WIRE_EVENT_LOCK) strategy_lock_taken(det_task_id(task), pc);
    if (unlikely(footprint_on)) footprint_event(task, kind, object, pc);
    if (!front_options.trace || !enter()) return; /* it was the others' use of events alone */
    *new_event_locked() = (struct wire_event){.ns = (uint64_t)clock_now(),
                                              .task = task ? det_task_id(task) : 0,
                                              .other = other,
                                              .value = value,
                                              .pc = pc,
                                              .kind = (uint8_t)kind,
                                              .object = kind == WIRE_EVENT_CREATE ? 0 : (uint8_t)object,
                                              .thread = task && det_task_is_thread(task),
                                              .other_thread = kind == WIRE_EVENT_CREATE && object,
                                              .epoch = task ? det_task_epoch(task) : 0};
    leave();
}

static bool is_repeated_locked(const struct det_task *task, unsigned what, uintptr_t address, uintptr_t pc) {
    const struct wire_event *last = ring.count ? &ring.event[(ring.first + ring.count - 1) % RING] : NULL;
    return last && last->kind == WIRE_EVENT_ATOMIC && last->task == det_task_id(task) &&
           last->thread == det_task_is_thread(task) && last->other == address && last->value == what &&
           last->pc == pc && last->epoch == det_task_epoch(task);
}

void trace_out_atomic(const struct det_task *task, unsigned what, uintptr_t address, uintptr_t pc) {
    if (!front_options.trace || !enter()) return; /* the others' use of events is not about atomics */
    if (!is_repeated_locked(task, what, address, pc))
        *new_event_locked() = (struct wire_event){.ns = (uint64_t)clock_now(),
                                                  .task = det_task_id(task),
                                                  .other = address,
                                                  .value = what,
                                                  .pc = pc,
                                                  .kind = WIRE_EVENT_ATOMIC,
                                                  .thread = det_task_is_thread(task),
                                                  .epoch = det_task_epoch(task)};
    leave();
}

void trace_out_finding(void) {
    if (!trace_on || !enter()) return;
    send_locked();
    leave();
}

void trace_out_flush(void) {
    if (ring.whole) trace_out_finding();
}

void trace_out_forked(void) {
    ring.first = ring.count = 0;
    __atomic_store_n(&ring.busy, false, __ATOMIC_RELAXED);
    inside = false;
}
