/* The one seam between the runtime and whoever watches it.
 *
 * The runtime calls these at each event that happens-before.md names. Without GORO_RACE they compile to nothing,
 * so a plain program pays nothing. With it they are defined in instrument/, which turns them into calls of the
 * detector's facade. The runtime never learns what the watcher is.
 *
 * A *task* is the watcher's handle of a goroutine, kept in the goroutine's record; a *sync* is its handle of one
 * happens-before clock, kept in the runtime's object (a ring slot of a channel, say) or, for objects a user may
 * zero-initialise and copy, found by address. `task` arguments are explicit where the runtime acts on behalf of
 * a parked goroutine: the caller then holds the lock that keeps that goroutine parked.
 *
 * Threads: any thread that holds a P, under the lock of the object concerned. A hook may take locks of its own,
 * never blocks on the runtime, never switches goroutines. `pc` is the return address of the user's call. */
#ifndef GORO_RUNTIME_HOOKS_H
#define GORO_RUNTIME_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runtime objects a finding can speak of. The order is part of the wire format: append only. */
enum hook_object {
    HOOK_OBJECT_NONE,
    HOOK_CHAN,
    HOOK_MUTEX,
    HOOK_RWMUTEX,
    HOOK_WG,
    HOOK_COND,
    HOOK_ONCE,
    HOOK_SEM,
    HOOK_TIMER,
    HOOK_CONTEXT,
    HOOK_SELECT,
    HOOK_IO,
    HOOK_SLEEP,
};

/* Mistakes that the runtime itself detects, named as the finding codes of api.md. */
enum hook_misuse {
    HOOK_GC001_SEND_ON_CLOSED,
    HOOK_GC002_CLOSE_OF_CLOSED,
    HOOK_GC002_CLOSE_OF_NIL,
    HOOK_GC003_NIL_CHANNEL,
    HOOK_GC004_CHANNEL_FREED,
    HOOK_GW002_NEGATIVE_COUNTER,
    HOOK_GW003_REUSE,
    HOOK_GM001_UNLOCK_OF_UNLOCKED,
    HOOK_GM001_RUNLOCK_OF_UNLOCKED,
    HOOK_GM003_COPIED,
    HOOK_GD001_ALL_ASLEEP,
    HOOK_GM003_TIMER_OVERWRITTEN,
    HOOK_GC004_FREED_AND_USED, /* told of by hook_chan_use: no finding of its own */
    HOOK_PANIC, /* no finding: the user's own goro_panic; the watcher only delivers what it has */
};

/* The same numbers as detector.h's enum det_use; the last is of whoever only asks. */
enum hook_chan_use {
    HOOK_USE_SEND,
    HOOK_USE_RECEIVE,
    HOOK_USE_CLOSE,
    HOOK_USE_TRY_SEND,
    HOOK_USE_TRY_RECEIVE,
    HOOK_USE_BY_SIGNALS,
    HOOK_USE_LOOK,
};

/* HOOK_LOCK_TRIED: a flag, of a lock that nobody would have waited for. */
enum hook_lock_mode { HOOK_LOCK_WRITE, HOOK_LOCK_READ, HOOK_LOCK_TRIED };

/* How many threads are kept where they are: those that run goroutines, and those that the runtime did not make. */
struct hook_held {
    unsigned ours, others;
};

#ifdef GORO_RACE

/* -- goroutines ------------------------------------------------------------------------------------------ */

/* The main goroutine, on the thread that runs main. Called once, before any other hook. */
void *hook_task_main(void);
/* The task of a thread that the runtime did not make and that is about to act as a goroutine: called on that thread, at
 * its first operation. The same task its pthread front has; the runtime never ends it. */
void *hook_task_thread(void);
/* A goroutine created by the current one at pc; `entry` is its function. It starts with its parent's clock. */
void *hook_task_create(uint64_t id, uintptr_t entry, uintptr_t pc);
/* Its arguments, right after. */
void hook_task_given(void *task, const uint64_t *arguments, unsigned count);
/* The running task sends a value. */
void hook_value_given(const void *value, size_t n);
/* The running task begins an operation on a lock, WaitGroup, Cond, Once or semaphore: told from when on such an object may
 * have been a local variable of a function that has returned. */
extern bool hook_objects_may_be_gone __attribute__((visibility("hidden")));
void hook_object_used_slow(const void *object, uintptr_t pc);
static inline void hook_object_used(const void *object, uintptr_t pc) {
    /* relaxed: who was given an object by whoever set it has heard of that */
    if (__builtin_expect(__atomic_load_n(&hook_objects_may_be_gone, __ATOMIC_RELAXED), false))
        hook_object_used_slow(object, pc);
}
/* The goroutine got a stack [low, high): whatever lay there before is forgotten. Also called at every recycling. */
void hook_task_stack(void *task, uintptr_t low, uintptr_t high);
void hook_task_name(void *task, const char *name);
/* The goroutine has ended; the handle is dead after this, its stack memory may be used again. */
void hook_task_end(void *task);
/* This thread runs `task` from here on (NULL: none, the scheduler itself). */
void hook_task_switch(void *task);

/* -- clocks ---------------------------------------------------------------------------------------------- */

void *hook_sync_new(void);
void hook_sync_free(void *sync);
/* The clock that belongs to an address; for objects that cannot hold a handle. */
void *hook_sync_at(const volatile void *address);
/* Objects at [address, address+n) are gone. */
void hook_sync_forget(const volatile void *address, size_t n);

void hook_acquire(void *task, void *sync);
void hook_release(void *task, void *sync);       /* REL: the sync becomes the task's clock */
void hook_release_merge(void *task, void *sync); /* MERGE */
void hook_exchange(void *task, void *sync);      /* XCHG */
void hook_sync_copy(void *to, void *from);       /* a REL by nobody, who knows what `from` says */
void hook_rendezvous(void *a, void *b);          /* full two-way exchange: unbuffered channels */

/* -- accesses that the runtime makes for the user, and the channel misuse marker ---------------------------- */

void hook_read(const void *address, size_t n, uintptr_t pc);
void hook_write(const void *address, size_t n, uintptr_t pc);
/* A send reads the channel's marker, a close writes it, free writes it for good. `task` acts. */
void hook_chan_send_mark(void *task, const void *chan, uintptr_t pc);
void hook_chan_close_mark(void *task, const void *chan, uintptr_t pc);
/* The first bytes of a channel's record, which the watcher may use as names for what is done to it. */
enum { HOOK_CHAN_BYTES = 128 };
/* An operation on a channel begins: it is ordered with the free. *users is the watcher's own, 0 at first. */
void hook_chan_use(void *task, const void *chan, uint32_t *users, enum hook_chan_use how, uintptr_t pc);
/* It is closed now; it is freed, whereupon `users` means nothing. */
void hook_chan_closed(void *task, const void *chan, uint32_t *users, uintptr_t pc);
void hook_chan_gone(void *task, const void *chan, uint32_t users);

/* -- objects, ownership, blocking --------------------------------------------------------------------------- */

void hook_object_new(enum hook_object kind, const void *object, size_t size, uint64_t capacity, uintptr_t pc);
void hook_object_free(enum hook_object kind, const void *object, uintptr_t pc);
/* Memory of the runtime's own that users have pointers to, and that may hold pointers of theirs (a context). */
void hook_block_new(const void *block, size_t size, uintptr_t pc);
void hook_block_free(const void *block);
/* Taken: the task acquires the lock's clock, that of its address. Dropped: it releases to it, a mutex by MERGE and a
 * read-write lock by REL; but not a read lock. */
void hook_lock_taken(void *task, enum hook_object kind, const void *lock, unsigned mode, uintptr_t pc);
void hook_lock_dropped(void *task, enum hook_object kind, const void *lock, enum hook_lock_mode mode, uintptr_t pc);
/* The lock is used for the first time: whatever was at its address before was another. */
void hook_lock_new(const void *lock);
/* WaitGroup counter changes and waits, for GW001..GW003. `before` is the counter before the change. */
void hook_wg_add(void *task, const void *wg, int64_t delta, int64_t before, uintptr_t pc);
void hook_wg_wait(void *task, const void *wg, uintptr_t pc);
/* The task is about to park on `object` / goes on. For a select, once per case. */
void hook_block(void *task, enum hook_object kind, const void *object, uintptr_t pc);
void hook_unblock(void *task);
/* A parked task has been made ready, and will run: it waits no more. */
void hook_ready(void *task);

/* Threads that only wait, in a call of the kernel's: the watcher knows them, and can keep them where they are. */
/* About every millisecond: is there one that has been there for a while? */
bool hook_away(void);
/* None of them comes back until hook_let_go; nor does one that goes there meanwhile, but those counted. False: none is kept. */
bool hook_hold(struct hook_held *held);
void hook_let_go(void);

/* About every millisecond while something runs, by the runtime's monitor. True: the watcher wants to be called soon even
 * if nothing runs. */
bool hook_tick(void);

/* Under a seed, by the thread that is about to wait for a timer: for so long, in counted time, no goroutine can run, and nothing
 * but time can change that. */
void hook_idle(int64_t ns);

/* The monitor's thread is about to be made, by the calling one. How many threads the watcher keeps for itself. */
unsigned hook_own_threads(void);

/* -- endings ------------------------------------------------------------------------------------------------ */

/* A mistake, just before the runtime panics or goes on; `object` and `pc` tell which and where. */
void hook_misuse(enum hook_misuse what, const void *object, uintptr_t pc);
/* The process dies of a fault, a signal or a panic, of which `words` is a line: the n frames of who caused it, innermost first, each as a return address
 * (a byte behind the instruction at fault). Whatever lock the thread may hold. */
void hook_fault(const char *words, const uintptr_t *frames, size_t n);
/* main has returned, or exit was called: deliver everything. */
void hook_exit(void);
/* Something besides main's own steps may happen from now on: a timer, a descriptor. */
void hook_poller(void);
/* A send, a select or a lock at pc is about to begin: its hook_point comes next. */
void hook_begins(uintptr_t pc);
/* A public operation begins. True: this is a place where another goroutine may be put on. */
bool hook_point(void);
/* True if the seeded strategy decides now: pick one of n (n >= 1). False: the runtime's own fast choice. */
bool hook_choose(unsigned n, unsigned *chosen);
/* True if it decides by who they are, not only by how many: then, in hook_choose's place, which of n >= 2 goroutines;
 * id_of(q, i) is the i-th's id. */
bool hook_explores(void);
unsigned hook_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q);
/* The running goroutine lets others run on its own will. */
void hook_gave_way(void);
/* What the poller finds comes from outside: true if it is recorded or, in a replay, fed back. Time is then counted only. */
bool hook_outside(void);
enum hook_found { HOOK_FOUND_WAITED, HOOK_FOUND_EVENTS, HOOK_FOUND_SIGNALS };
/* n bytes were found, of at most `size` at `data`. Returns how many the caller is to go by: those, or a replay's. */
size_t hook_found(enum hook_found what, void *data, size_t n, size_t size);
/* In a replay nothing is asked of the system: hook_found alone knows. */
bool hook_replays(void);
/* True if schedules are asked for: then the runtime starts at once, and calls hook_serve when all is set up and main has not
 * begun. The process may be forked there, any number of times. */
bool hook_serves(void);
void hook_serve(void);
/* True while findings are delivered to a reporter, so that the runtime keeps a panic's text short. */
bool hook_reporting(void);

#else

static inline void *hook_task_main(void) { return NULL; }
static inline void *hook_task_thread(void) { return NULL; }
static inline void *hook_task_create(uint64_t id, uintptr_t entry, uintptr_t pc) { (void)id, (void)entry, (void)pc; return NULL; }
static inline void hook_object_used(const void *o, uintptr_t pc) { (void)o, (void)pc; }
static inline void hook_value_given(const void *v, size_t n) { (void)v, (void)n; }
static inline void hook_task_given(void *t, const uint64_t *a, unsigned n) { (void)t, (void)a, (void)n; }
static inline void hook_task_stack(void *t, uintptr_t low, uintptr_t high) { (void)t, (void)low, (void)high; }
static inline void hook_task_name(void *t, const char *name) { (void)t, (void)name; }
static inline void hook_task_end(void *t) { (void)t; }
static inline void hook_task_switch(void *t) { (void)t; }
static inline void *hook_sync_new(void) { return NULL; }
static inline void hook_sync_free(void *s) { (void)s; }
static inline void *hook_sync_at(const volatile void *a) { (void)a; return NULL; }
static inline void hook_sync_forget(const volatile void *a, size_t n) { (void)a, (void)n; }
static inline void hook_acquire(void *t, void *s) { (void)t, (void)s; }
static inline void hook_release(void *t, void *s) { (void)t, (void)s; }
static inline void hook_release_merge(void *t, void *s) { (void)t, (void)s; }
static inline void hook_exchange(void *t, void *s) { (void)t, (void)s; }
static inline void hook_sync_copy(void *to, void *from) { (void)to, (void)from; }
static inline void hook_rendezvous(void *a, void *b) { (void)a, (void)b; }
static inline void hook_read(const void *a, size_t n, uintptr_t pc) { (void)a, (void)n, (void)pc; }
static inline void hook_write(const void *a, size_t n, uintptr_t pc) { (void)a, (void)n, (void)pc; }
static inline void hook_chan_send_mark(void *t, const void *c, uintptr_t pc) { (void)t, (void)c, (void)pc; }
static inline void hook_chan_close_mark(void *t, const void *c, uintptr_t pc) { (void)t, (void)c, (void)pc; }
static inline void hook_chan_use(void *t, const void *c, uint32_t *u, int how, uintptr_t pc) { (void)t, (void)c, (void)u, (void)how, (void)pc; }
static inline void hook_chan_closed(void *t, const void *c, uint32_t *u, uintptr_t pc) { (void)t, (void)c, (void)u, (void)pc; }
static inline void hook_chan_gone(void *t, const void *c, uint32_t u) { (void)t, (void)c, (void)u; }
static inline void hook_object_new(enum hook_object k, const void *o, size_t n, uint64_t cap, uintptr_t pc) { (void)k, (void)o, (void)n, (void)cap, (void)pc; }
static inline void hook_object_free(enum hook_object k, const void *o, uintptr_t pc) { (void)k, (void)o, (void)pc; }
static inline void hook_block_new(const void *b, size_t n, uintptr_t pc) { (void)b, (void)n, (void)pc; }
static inline void hook_block_free(const void *b) { (void)b; }
static inline void hook_lock_taken(void *t, enum hook_object k, const void *l, unsigned m, uintptr_t pc) { (void)t, (void)k, (void)l, (void)m, (void)pc; }
static inline void hook_lock_new(const void *l) { (void)l; }
static inline void hook_lock_dropped(void *t, enum hook_object k, const void *l, enum hook_lock_mode m, uintptr_t pc) { (void)t, (void)k, (void)l, (void)m, (void)pc; }
static inline void hook_wg_add(void *t, const void *w, int64_t d, int64_t before, uintptr_t pc) { (void)t, (void)w, (void)d, (void)before, (void)pc; }
static inline void hook_wg_wait(void *t, const void *w, uintptr_t pc) { (void)t, (void)w, (void)pc; }
static inline void hook_block(void *t, enum hook_object k, const void *o, uintptr_t pc) { (void)t, (void)k, (void)o, (void)pc; }
static inline void hook_unblock(void *t) { (void)t; }
static inline void hook_ready(void *t) { (void)t; }
static inline bool hook_tick(void) { return false; }
static inline bool hook_away(void) { return false; }
static inline void hook_idle(int64_t ns) { (void)ns; }
static inline bool hook_hold(struct hook_held *held) { return (void)held, false; }
static inline void hook_let_go(void) {}
static inline unsigned hook_own_threads(void) { return 0; }
static inline void hook_misuse(enum hook_misuse w, const void *o, uintptr_t pc) { (void)w, (void)o, (void)pc; }
static inline void hook_fault(const char *words, const uintptr_t *frames, size_t n) {
    (void)words, (void)frames, (void)n;
}
static inline void hook_exit(void) {}
static inline void hook_poller(void) {}
static inline void hook_begins(uintptr_t pc) { (void)pc; }
static inline bool hook_point(void) { return false; }
static inline bool hook_explores(void) { return false; }
static inline bool hook_choose(unsigned n, unsigned *chosen) { (void)n, (void)chosen; return false; }
static inline void hook_gave_way(void) {}
static inline bool hook_outside(void) { return false; }
static inline bool hook_replays(void) { return false; }
static inline size_t hook_found(int w, void *d, size_t n, size_t s) {
    (void)w, (void)d, (void)s;
    return n;
}
enum { HOOK_FOUND_WAITED, HOOK_FOUND_EVENTS, HOOK_FOUND_SIGNALS };
static inline bool hook_serves(void) { return false; }
static inline void hook_serve(void) {}
static inline bool hook_reporting(void) { return false; }

#endif
#endif
