#include "recorder.h"
#include "instrument/frames.h"
#include "instrument/visible.h"
#include "detector/access.h"
#include "instrument/sharing.h"
#include "instrument/trace_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct event events[EVENTS_MAX];
unsigned event_count;

static struct event *record(enum event_kind kind) {
    assert_true(event_count < EVENTS_MAX);
    events[event_count] = (struct event){.kind = kind};
    return &events[event_count++];
}
void events_clear(void) { event_count = 0; }
struct event *only(enum event_kind kind) {
    struct event *found = NULL;
    for (unsigned i = 0; i < event_count; i++) {
        if (events[i].kind != kind) continue;
        assert_null(found);
        found = &events[i];
    }
    assert_non_null(found);
    return found;
}

/* -- the facade -------------------------------------------------------------------------------------------------- */

struct shadow_chunk *shadow_directory[DIRECTORY_ENTRIES]; /* empty: every access takes the slow path */

void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    assert_ptr_equal(t, front_self.task);
    *record(EVENT_ACCESS) = (struct event){EVENT_ACCESS, address, pc, size, kind, 0};
}
void det_read_new(struct det_task *t, uintptr_t address, uintptr_t pc, uint64_t mask, struct shadow_chunk *c,
                  struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, (size_t)__builtin_popcountll(mask), DET_READ, pc);
}
void det_write_new(struct det_task *t, uintptr_t address, uintptr_t pc, uint64_t mask, struct shadow_chunk *c,
                   struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, (size_t)__builtin_popcountll(mask), DET_WRITE, pc);
}
void det_read_whole(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                    struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, GRANULE_BYTES, DET_READ, pc);
}
void det_write_whole(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                     struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, GRANULE_BYTES, DET_WRITE, pc);
}
bool det_reorders(void) { return false; }
void det_read_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                   struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, 2 * GRANULE_BYTES, DET_READ, pc);
}
void det_write_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                    struct shadow_granule *at) {
    (void)c, (void)at;
    det_access_slow(t, address, 2 * GRANULE_BYTES, DET_WRITE, pc);
}
void det_range(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc) {
    assert_ptr_equal(t, front_self.task);
    *record(EVENT_RANGE) = (struct event){EVENT_RANGE, address, pc, n, kind, 0};
}
void frames_left(uintptr_t pc) { (void)pc; }
void det_enter_slow(struct det_task *t, uintptr_t pc) {
    (void)t;
    record(EVENT_ENTER)->pc = pc;
}
struct det_atomic det_atomic_begin(struct det_task *t, uintptr_t address, size_t size, enum det_atomic_op op,
                                   uintptr_t pc) {
    *record(EVENT_ATOMIC_BEGIN) = (struct event){EVENT_ATOMIC_BEGIN, address, pc, size, op & ~DET_ATOMIC_RELAXED, 0};
    return (struct det_atomic){.task = t, .sync = (struct det_sync *)address, .address = address, .pc = pc};
}
void det_atomic_end(struct det_atomic a, enum det_atomic_op op, int order) {
    *record(EVENT_ATOMIC_END) = (struct event){EVENT_ATOMIC_END, (uintptr_t)a.sync, 0, 0, op, order};
}
void det_fence(struct det_task *t, int order) {
    (void)t;
    record(EVENT_FENCE)->order = order;
}
struct det_sync *det_sync_at(uintptr_t address) {
    return (struct det_sync *)address;
}
void det_acquire(struct det_task *t, struct det_sync *s) { (void)t, record(EVENT_ACQUIRE)->address = (uintptr_t)s; }
void det_release(struct det_task *t, struct det_sync *s) { (void)t, record(EVENT_RELEASE)->address = (uintptr_t)s; }
void det_merge(struct det_task *t, struct det_sync *s) { (void)t, record(EVENT_MERGE)->address = (uintptr_t)s; }
void det_begins(struct det_task *t) { (void)t; }
void det_ignore_begin(struct det_task *t) { (void)t, record(EVENT_IGNORE)->flags = 1; }
void det_ignore_end(struct det_task *t) { (void)t, record(EVENT_IGNORE)->flags = 0; }
void det_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how, uintptr_t pc) {
    (void)t, (void)kind;
    *record(EVENT_LOCK) = (struct event){EVENT_LOCK, lock, pc, 0, how, 0};
}
void det_lock_new(uintptr_t address, size_t n) { (void)address, (void)n; }
void det_lock_destroyed(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    (void)t, (void)address, (void)n, (void)pc;
}
bool det_lock_dropped(struct det_task *t, uintptr_t lock, unsigned how) {
    (void)t;
    *record(EVENT_UNLOCK) = (struct event){EVENT_UNLOCK, lock, 0, 0, how, 0};
    return true;
}
void det_alloc(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    (void)t;
    *record(EVENT_ALLOC) = (struct event){EVENT_ALLOC, address, pc, n, 0, 0};
}
size_t det_free(struct det_task *t, uintptr_t address, uintptr_t pc) {
    (void)t;
    *record(EVENT_FREE) = (struct event){EVENT_FREE, address, pc, 0, 0, 0};
    return 0;
}
void det_forget(uintptr_t address, size_t n) {
    *record(EVENT_FORGET) = (struct event){EVENT_FORGET, address, 0, n, 0, 0};
}
void det_task_name(struct det_task *t, const char *name) { (void)t, (void)name; }

/* -- the rest of the front ------------------------------------------------------------------------------------------- */

__thread struct front_thread front_self __attribute__((tls_model("initial-exec")));
bool front_ready = true;
struct code_range front_code = {0, UINTPTR_MAX};
static struct det_task task;

bool strategy_explores;
bool trace_on;
void trace_out_atomic(const struct det_task *t, unsigned what, uintptr_t address, uintptr_t pc) {
    assert_ptr_equal(t, front_self.task);
    *record(EVENT_TRACED) = (struct event){EVENT_TRACED, address, pc, 0, what, 0};
}
void sharing_access(uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    (void)address, (void)size, (void)kind, (void)pc;
}
void sharing_atomic(uintptr_t address, size_t size, bool writes, int32_t cost, uintptr_t pc) {
    (void)address, (void)size, (void)writes, (void)cost, (void)pc;
}
struct det_task *front_attach(void) {
    front_act_for(&task);
    return &task;
}
void front_out_of_fuel(void) { front_self.fuel = INT32_MAX; }
bool front_is_instrumented_slow(uintptr_t pc) { return (void)pc, false; }
bool front_is_own(uintptr_t pc) { return (void)pc, false; }
void front_start(void) {}
void front_instrumented_module(uintptr_t pc) { (void)pc; }

void visible_mapped(uintptr_t low, size_t n, bool shared) { (void)low, (void)n, (void)shared; }
bool visible_unmapped(uintptr_t low, size_t n) { return (void)low, (void)n, false; }
void visible_wiped(void) {}
#include "instrument/away.h"
void away_begin(uintptr_t pc) { (void)pc; }
void away_end(void) {}

/* No journal is kept. */
#include "instrument/journal.h"
#include "runtime/running.h"
bool journal_on, journal_replays;
bool journal_wants(void) { return false; }
bool journal_take(struct journal_call *c) { return (void)c, false; }
void journal_note(const struct journal_call *c) { (void)c; }
void running_watch(void) {}
bool running_unwinds(void) { return false; }
void running_wait_fd(int fd, int what, uintptr_t pc) { (void)fd, (void)what, (void)pc; }
