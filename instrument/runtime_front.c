/* The goroutine runtime's front: each hook of runtime/hooks.h as calls of the detector's facade. No rules of its own;
 * which edge belongs to which operation is docs/happens-before, and the runtime calls accordingly. */
#include "instrument/front.h"
#include "instrument/wire_out.h"
#include "runtime/hooks.h"
#include "runtime/running.h"

#include <errno.h>

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

/* -- goroutines ------------------------------------------------------------------------------------------------------ */

void *hook_task_main(void) {
    wire_out_hello();
    return front_main_task();
}

/* Without a parent if the scheduler does it (a timer's function): the hooks that follow say what it knows. */
void *hook_task_create(uint64_t id, uintptr_t entry, uintptr_t pc) {
    front_goroutines_begin();
    return det_task_new(front_self.task, DET_GOROUTINE, id, entry, pc);
}

void hook_task_stack(void *task, uintptr_t low, uintptr_t high) { det_task_stack(task, low, high); }
void hook_task_name(void *task, const char *name) { det_task_name(task, name); }
void hook_task_end(void *task) {
    if (front_self.task == task) front_self.task = NULL;
    det_task_end(task);
}

/* NULL: the scheduler, whose own calls are nobody's. errno lies in the thread but is the goroutine's, saved with it: what
 * another goroutine did there is none of this one's. */
void hook_task_switch(void *task) {
    front_self.task = task;
    front_self.is_thread = false;
    if (!task) return;
    if (unlikely(!front_self.number)) front_self.number = front_next_number();
    det_task_on_thread(task, front_self.number);
    det_forget((uintptr_t)__errno_location(), sizeof(int));
    front_refuel();
}

void *hook_task_thread(void) { return front_task(); }

/* -- clocks ------------------------------------------------------------------------------------------------------------ */

void *hook_sync_new(void) { return det_sync_new(); }
void hook_sync_free(void *sync) { det_sync_free(sync); }
void *hook_sync_at(const volatile void *address) { return det_sync_at((uintptr_t)address); }
void hook_sync_forget(const volatile void *address, size_t n) { det_forget((uintptr_t)address, n); }
void hook_acquire(void *task, void *sync) { det_acquire(task, sync); }
void hook_release(void *task, void *sync) { det_release(task, sync); }
void hook_release_merge(void *task, void *sync) { det_merge(task, sync); }
void hook_exchange(void *task, void *sync) { det_exchange(task, sync); }
void hook_rendezvous(void *a, void *b) { det_rendezvous(a, b); }

/* -- accesses ------------------------------------------------------------------------------------------------------------ */

void hook_read(const void *address, size_t n, uintptr_t pc) {
    det_range(front_task(), (uintptr_t)address, n, DET_READ, pc);
}
void hook_write(const void *address, size_t n, uintptr_t pc) {
    det_range(front_task(), (uintptr_t)address, n, DET_WRITE, pc);
}

/* Two bytes of the channel's record stand for it: the first is the misuse marker (send against close), the second is
 * what every use reads, so that no use is unordered with the free, which writes them all. */
enum { CHAN_MARKER, CHAN_USED };

void hook_chan_send_mark(void *task, const void *chan, uintptr_t pc) {
    det_range(task, (uintptr_t)chan + CHAN_MARKER, 1, DET_READ | DET_MARK, pc);
}
void hook_chan_close_mark(void *task, const void *chan, uintptr_t pc) {
    det_range(task, (uintptr_t)chan + CHAN_MARKER, 1, DET_WRITE | DET_MARK, pc);
}
void hook_chan_use(void *task, const void *chan, uintptr_t pc) {
    det_range(task, (uintptr_t)chan + CHAN_USED, 1, DET_READ | DET_MARK, pc);
}

/* -- objects --------------------------------------------------------------------------------------------------------------- */

/* Only a channel's record is memory of the runtime's own; the others lie in the user's, who allocates and frees it. */
void hook_object_new(enum hook_object kind, const void *object, size_t size, uint64_t capacity, uintptr_t pc) {
    (void)capacity;
    if (kind == HOOK_CHAN) det_alloc(front_task(), (uintptr_t)object, size, pc);
}
void hook_object_free(enum hook_object kind, const void *object, uintptr_t pc) {
    if (kind == HOOK_CHAN) det_free(front_task(), (uintptr_t)object, pc);
}

void hook_lock_taken(void *task, enum hook_object kind, const void *lock, enum hook_lock_mode mode, uintptr_t pc) {
    det_lock_taken(task, (enum finding_object)kind, (uintptr_t)lock, mode == HOOK_LOCK_READ, pc);
}
void hook_lock_dropped(void *task, enum hook_object kind, const void *lock, enum hook_lock_mode mode, uintptr_t pc) {
    (void)kind, (void)pc;
    det_lock_dropped(task, (uintptr_t)lock, mode == HOOK_LOCK_READ);
}

/* Who waits for what, and WaitGroups' counts, are for findings that the engine does not make yet. */
void hook_wg_add(void *task, const void *wg, int64_t delta, int64_t before, uintptr_t pc) {
    (void)task, (void)wg, (void)delta, (void)before, (void)pc;
}
void hook_wg_wait(void *task, const void *wg, uintptr_t pc) { (void)task, (void)wg, (void)pc; }
void hook_block(void *task, enum hook_object kind, const void *object, uintptr_t pc) {
    (void)task, (void)kind, (void)object, (void)pc;
}
void hook_unblock(void *task) { (void)task; }

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
    [HOOK_GD001_ALL_ASLEEP] = {"GD001", FINDING_NO_OBJECT},
    [HOOK_PANIC] = {NULL, FINDING_NO_OBJECT}, /* the user's own affair */
};

void hook_misuse(enum hook_misuse what, const void *object, uintptr_t pc) {
    goro_assert((unsigned)what < array_length(misuses));
    if (misuses[what].code)
        det_report(front_task(), misuses[what].code, FINDING_ERROR, misuses[what].kind, (uintptr_t)object, pc);
}

/* Everything has been sent as it was found; the process says goodbye when it ends (process.c). */
void hook_exit(void) {}

bool hook_choose(unsigned n, unsigned *chosen) {
    if (front_options.parallel) return false;
    *chosen = (unsigned)(front_random() % n);
    return true;
}

bool hook_reporting(void) { return wire_out_reporting(); }
