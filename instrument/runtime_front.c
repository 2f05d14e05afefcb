/* The goroutine runtime's front: each hook of runtime/hooks.h as calls of the detector's facade. No rules of its own;
 * which edge belongs to which operation is docs/happens-before, and the runtime calls accordingly. With trace=1 each is an
 * event, too. */
#include "instrument/decisions.h"
#include "instrument/explore.h"
#include "instrument/frames.h"
#include "instrument/front.h"
#include "instrument/journal.h"
#include "instrument/picture.h"
#include "instrument/scan.h"
#include "instrument/standstill.h"
#include "instrument/strategy.h"
#include "instrument/trace_out.h"
#include "instrument/wire_out.h"
#include "runtime/hooks.h"
#include "runtime/running.h"

#include <errno.h>
#include <string.h>

#define SAME(name) _Static_assert((int)HOOK_##name == (int)FINDING_##name, "hooks and findings name objects alike")
SAME(CHAN);
SAME(MUTEX);
SAME(RWMUTEX);
SAME(WG);
SAME(COND);
SAME(ONCE);
SAME(SEM);
SAME(TIMER);
SAME(CONTEXT);
SAME(SELECT);
SAME(IO);
SAME(SLEEP);

/* A hook with an event. The way with it is a function of its own, so that the usual one stays a jump to the engine: with
 * both in one, gcc saves registers for the call that is not made, 1.7 % of the instructions of a lock and two channel
 * operations. */
#define HOOK(hook, parameters, arguments, event, engine)                                                               \
    static GORO_COLD void hook##_traced parameters {                                                                   \
        event;                                                                                                         \
        engine;                                                                                                        \
    }                                                                                                                  \
    void hook parameters {                                                                                             \
        if (unlikely(trace_on)) hook##_traced arguments;                                                               \
        else engine;                                                                                                   \
    }
#define SYNC_HOOK(hook, engine, what)                                                                                  \
    HOOK(hook, (void *task, void *sync), (task, sync), trace_event(task, what, 0, (uintptr_t)sync, 0, 0),              \
         engine(task, sync))

/* -- goroutines ------------------------------------------------------------------------------------------------------ */

void *hook_task_main(void) {
    if (!hook_serves()) wire_out_hello();
    return front_main_task();
}

/* Without a parent if the scheduler does it (a timer's function): the hooks that follow say what it knows. */
void *hook_task_create(uint64_t id, uintptr_t entry, uintptr_t pc) {
    front_goroutines_begin();
    standstill_goroutines_begin();
    trace_event(front_self.task, CREATE, 0, id, entry, pc);
    if (unlikely(strategy_explores))
        strategy_created(front_self.task && !front_self.is_thread ? det_task_id(front_self.task) : 0, id);
    return det_task_new(front_self.task, DET_GOROUTINE, id, entry, pc);
}

void hook_task_given(void *task, const uint64_t *arguments, unsigned count) {
    det_wg_given(front_self.task, task, arguments, count);
    frames_given(front_self.task, arguments, count);
}
void hook_object_used_slow(const void *object, uintptr_t pc) { det_uses(front_task(), (uintptr_t)object, pc); }
void hook_value_given(const void *value, size_t n) { frames_given_in(front_self.task, value, n); }

void hook_task_stack(void *task, uintptr_t low, uintptr_t high) { det_task_stack(task, low, high); }
void hook_task_name(void *task, const char *name) {
    det_task_name(task, name);
    if (likely(!trace_on)) return;
    uint64_t text[3] = {0};
    memcpy(text, name, strnlen(name, sizeof text));
    trace_event(task, NAME, 0, text[0], text[1], text[2]);
}
void hook_task_end(void *task) {
    trace_event(task, END, 0, 0, 0, 0);
    if (front_self.task == task) {
        front_put_down();
        front_act_for(NULL);
    }
    det_task_end(task);
}

/* NULL: the scheduler, whose own calls are nobody's. errno lies in the thread but is the goroutine's, saved with it: what
 * another goroutine did there is none of this one's. */
void hook_task_switch(void *task) {
    if (!task) front_put_down();
    else if (!front_self.task) front_take_up();
    front_act_for(task);
    front_self.is_thread = false;
    if (!task) return;
    if (unlikely(!front_self.number)) front_self.number = front_next_number();
    det_task_on_thread(task, front_self.number);
    trace_event(task, RUN, 0, 0, front_self.number, 0);
    det_forget((uintptr_t)__errno_location(), sizeof(int));
    if (unlikely(decisions_on)) decisions_switch(det_task_id(task));
}

void *hook_task_thread(void) { return front_task(); }

/* -- clocks ------------------------------------------------------------------------------------------------------------ */

void *hook_sync_new(void) { return det_sync_new(); }
void hook_sync_free(void *sync) { det_sync_free(sync); }
void *hook_sync_at(const volatile void *address) { return det_sync_at((uintptr_t)address); }
void hook_sync_forget(const volatile void *address, size_t n) { det_forget((uintptr_t)address, n); }
SYNC_HOOK(hook_acquire, det_acquire, ACQUIRE)
SYNC_HOOK(hook_release, det_release, RELEASE)
SYNC_HOOK(hook_release_merge, det_merge, RELEASE)
SYNC_HOOK(hook_exchange, det_exchange, EXCHANGE)
void hook_sync_copy(void *to, void *from) { det_sync_copy(to, from); }
HOOK(hook_rendezvous, (void *a, void *b), (a, b),
     trace_event(a, MEET, 0, det_task_is_thread(b) ? 0 : det_task_id(b), det_task_epoch(b), 0), det_rendezvous(a, b))

/* -- accesses ------------------------------------------------------------------------------------------------------------ */

void hook_read(const void *address, size_t n, uintptr_t pc) {
    det_range(front_task(), (uintptr_t)address, n, DET_READ, pc);
}
void hook_write(const void *address, size_t n, uintptr_t pc) {
    det_range(front_task(), (uintptr_t)address, n, DET_WRITE, pc);
}

/* Two groups of granules of the channel's record stand for it: a send reads its task's of the first, which a close writes (the
 * misuse marker); every use reads its task's of the second, so that no use is unordered with the free, which writes them all. */
enum { MARKS_BYTES = DET_MARK_PLACES * GRANULE_BYTES, CHAN_SENT = 0, CHAN_USED = MARKS_BYTES };
_Static_assert(CHAN_USED + MARKS_BYTES <= HOOK_CHAN_BYTES, "the marks lie in the channel's record");

static inline void mark_channel(void *task, const void *chan, size_t group, uintptr_t pc) {
    det_mark(task, (uintptr_t)chan + group + det_mark_place(task), pc);
}
HOOK(hook_chan_send_mark, (void *task, const void *chan, uintptr_t pc), (task, chan, pc),
     trace_event(task, SEND, FINDING_CHAN, (uintptr_t)chan, 0, pc), mark_channel(task, chan, CHAN_SENT, pc))
HOOK(hook_chan_close_mark, (void *task, const void *chan, uintptr_t pc), (task, chan, pc),
     trace_event(task, CLOSE, FINDING_CHAN, (uintptr_t)chan, 0, pc),
     det_range(task, (uintptr_t)chan + CHAN_SENT, MARKS_BYTES, DET_WRITE | DET_MARK, pc))

_Static_assert((int)HOOK_USE_BY_SIGNALS == (int)DET_USE_BY_SIGNALS && (int)HOOK_USE_CLOSE == (int)DET_USE_CLOSE,
               "hooks and detector number uses alike");
static inline void use_channel(void *task, const void *chan, uint32_t *users, enum hook_chan_use how, uintptr_t pc) {
    if (how != HOOK_USE_LOOK) det_channel_used(task, (uintptr_t)chan, users, (enum det_use)how, pc);
    mark_channel(task, chan, CHAN_USED, pc);
}
HOOK(hook_chan_use, (void *task, const void *chan, uint32_t *users, enum hook_chan_use how, uintptr_t pc),
     (task, chan, users, how, pc), trace_event(task, USE, FINDING_CHAN, (uintptr_t)chan, 0, pc),
     use_channel(task, chan, users, how, pc))
void hook_chan_closed(void *task, const void *chan, uint32_t *users, uintptr_t pc) {
    det_channel_used(task, (uintptr_t)chan, users, DET_USE_CLOSE, pc);
}
void hook_chan_gone(void *task, const void *chan, uint32_t users) { det_channel_gone(task, (uintptr_t)chan, users); }

/* -- objects --------------------------------------------------------------------------------------------------------------- */

/* Only a channel's record is memory of the runtime's own; the others lie in the user's, who allocates and frees it. */
void hook_object_new(enum hook_object kind, const void *object, size_t size, uint64_t capacity, uintptr_t pc) {
    (void)capacity;
    if (kind == HOOK_CHAN) det_alloc(front_task(), (uintptr_t)object, size, pc);
    else
        standstill_goroutines_begin(),
            det_object_started(front_task(), (enum finding_object)kind, (uintptr_t)object, size, pc);
}
void hook_block_new(const void *block, size_t size, uintptr_t pc) {
    det_alloc(front_task(), (uintptr_t)block, size, pc);
}
void hook_block_free(const void *block) {
    struct det_task *t = front_task();
    det_ignore_begin(t);
    det_free(t, (uintptr_t)block, 0);
    det_ignore_end(t);
}

void hook_object_free(enum hook_object kind, const void *object, uintptr_t pc) {
    if (kind == HOOK_CHAN) det_free(front_task(), (uintptr_t)object, pc);
    else det_object_stopped((uintptr_t)object);
}

_Static_assert((int)HOOK_LOCK_READ == (int)DET_LOCK_READ && (int)HOOK_LOCK_TRIED == (int)DET_LOCK_TRIED, "one meaning");
HOOK(hook_lock_taken, (void *task, enum hook_object kind, const void *lock, unsigned mode, uintptr_t pc),
     (task, kind, lock, mode, pc), trace_event(task, LOCK, kind, (uintptr_t)lock, (mode & HOOK_LOCK_READ) != 0, pc),
     det_lock_taken(task, (enum finding_object)kind, (uintptr_t)lock, mode, pc))
void hook_lock_new(const void *lock) { det_lock_new((uintptr_t)lock, 1); }
HOOK(hook_lock_dropped, (void *task, enum hook_object kind, const void *lock, enum hook_lock_mode mode, uintptr_t pc),
     (task, kind, lock, mode, pc), trace_event(task, UNLOCK, kind, (uintptr_t)lock, mode == HOOK_LOCK_READ, pc),
     det_lock_dropped(task, (uintptr_t)lock,
                      mode == HOOK_LOCK_READ ? DET_LOCK_READ
                      : kind == HOOK_RWMUTEX ? DET_LOCK_REPLACES
                                             : 0))

HOOK(hook_wg_add, (void *task, const void *wg, int64_t delta, int64_t before, uintptr_t pc),
     (task, wg, delta, before, pc), trace_event(task, ADD, FINDING_WG, (uintptr_t)wg, (uint64_t)delta, pc),
     det_wg_add(task, (uintptr_t)wg, delta, before, pc))
HOOK(hook_wg_wait, (void *task, const void *wg, uintptr_t pc), (task, wg, pc),
     trace_event(task, WAIT, FINDING_WG, (uintptr_t)wg, 0, pc), det_wg_wait(task, (uintptr_t)wg, pc))
HOOK(hook_block, (void *task, enum hook_object kind, const void *object, uintptr_t pc), (task, kind, object, pc),
     trace_event(task, BLOCK, kind, (uintptr_t)object, 0, pc),
     det_block(task, (enum finding_object)kind, (uintptr_t)object, pc))
HOOK(hook_ready, (void *task), (task), trace_event(task, READY, 0, 0, 0, 0), det_wake(task))
HOOK(hook_unblock, (void *task), (task), trace_event(task, UNBLOCK, 0, 0, 0, 0), det_wake(task))
bool hook_tick(void) {
    trace_out_flush();
    bool cycles = det_tick(), waits = scan_tick();
    return cycles || waits;
}

void hook_idle(int64_t ns) {
    if (ns > 0) det_idle((uint64_t)ns);
    scan_idle(ns);
}

unsigned hook_own_threads(void) { return picture_watch(); }

void hook_poller(void) { front_goroutines_begin(); }

/* What an operation weighs against a read in the countdown to the next switch point. */
enum { OPERATION_COST = 16 };

void hook_begins(uintptr_t pc) {
    if (unlikely(strategy_steers)) strategy_begins(det_task_id(front_task()), pc);
}
/* Decisions that are followed say where the switch points are; time passes at each operation, as when they were noted. */
bool hook_point(void) {
    if (unlikely((front_self.fuel -= OPERATION_COST) <= 0)) return front_point_is_due();
    if (unlikely(decisions_followed)) front_spend();
    return false;
}

/* -- endings ----------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *code;
    enum finding_object kind;
} misuses[] = {
    [HOOK_GC001_SEND_ON_CLOSED] = {"GC001", FINDING_CHAN},
    [HOOK_GC002_CLOSE_OF_CLOSED] = {"GC002", FINDING_CHAN},
    [HOOK_GC002_CLOSE_OF_NIL] = {"GC002", FINDING_CHAN},
    [HOOK_GC003_NIL_CHANNEL] = {"GC003", FINDING_CHAN},
    [HOOK_GC004_CHANNEL_FREED] = {"GC004", FINDING_CHAN},
    [HOOK_GW002_NEGATIVE_COUNTER] = {"GW002", FINDING_WG},
    [HOOK_GW003_REUSE] = {"GW003", FINDING_WG},
    [HOOK_GM001_UNLOCK_OF_UNLOCKED] = {"GM001", FINDING_MUTEX},
    [HOOK_GM001_RUNLOCK_OF_UNLOCKED] = {"GM001", FINDING_RWMUTEX},
    [HOOK_GM003_COPIED] = {"GM003", FINDING_NO_OBJECT},
    [HOOK_GM003_TIMER_OVERWRITTEN] = {"GM003", FINDING_TIMER},
    [HOOK_GC004_FREED_AND_USED] = {NULL, FINDING_NO_OBJECT},
    [HOOK_PANIC] = {NULL, FINDING_NO_OBJECT}, /* the user's own affair */
};

void hook_misuse(enum hook_misuse what, const void *object, uintptr_t pc) {
    goro_assert((unsigned)what < array_length(misuses));
    if (what == HOOK_GD001_ALL_ASLEEP) det_all_asleep();
    else if (what == HOOK_GM003_TIMER_OVERWRITTEN) det_timer_overwritten((uintptr_t)object);
    else if (misuses[what].code)
        det_report(front_task(), misuses[what].code, FINDING_ERROR, misuses[what].kind, (uintptr_t)object, pc);
}

void hook_fault(const char *words, const uintptr_t *frames, size_t n) { wire_out_fault(words, frames, n); }

/* All else has been sent as it was found; the process says goodbye when it ends (process.c). A goroutine that calls exit
 * ends others in the middle of what they do: that leaves nothing behind that was to be tidied up. */
void hook_exit(void) {
    if (running_id() != 1) return;
    scan_end();
    det_main_returned();
}

bool hook_choose(unsigned n, unsigned *chosen) {
    if (front_options.parallel) return false;
    if (decisions_followed) *chosen = 0;
    else *chosen = strategy_explores ? strategy_case(n) : (unsigned)(front_random() % n);
    if (unlikely(decisions_on)) *chosen = decisions_case(n, *chosen);
    return true;
}

bool hook_explores(void) { return strategy_explores; }
unsigned hook_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    unsigned chosen = decisions_followed ? 0 : strategy_next(n, id_of, q);
    return unlikely(decisions_on) ? decisions_next(n, id_of, q, chosen) : chosen;
}
void hook_gave_way(void) {
    if (det_reorders()) det_gave_way(front_task());
    strategy_gave_way();
    decisions_gave_way();
}

bool hook_outside(void) { return journal_on; }
bool hook_replays(void) { return journal_replays; }
size_t hook_found(enum hook_found what, void *data, size_t n, size_t size) {
    static const enum wire_journal_kind kinds[] = {WIRE_JOURNAL_WAIT, WIRE_JOURNAL_EVENTS, WIRE_JOURNAL_SIGNALS};
    if (likely(!journal_on)) return n;
    if (journal_replays) return journal_take_found(kinds[what], data, size);
    journal_note_found(kinds[what], data, n);
    return n;
}

bool hook_serves(void) { return front_options.serve && !front_options.parallel; }
void hook_serve(void) { explore_serve((int)front_options.serve); }

bool hook_reporting(void) { return wire_out_reporting(); }
