/* The detector's facade: the whole engine behind one header.
 *
 * The engine answers one question exactly: are these two accesses ordered by happens-before? It is told of tasks
 * (a goroutine, a thread), of what they access, and of synchronisation; it answers with findings. It knows no
 * scheduler, no compiler, no stdio, no DWARF and no malloc: all its memory is its own (mmap), so it may run inside
 * somebody else's malloc. A front (the goroutine runtime, the __tsan_* entry points, the pthread wrappers, a unit
 * test) is thin and has no rules of its own. The rules are those of docs/happens-before; papers are named in the
 * files that implement them.
 *
 * Always true
 *  1. Two accesses to overlapping bytes, one of them a write, not both atomic and unordered by the calls made here
 *     are reported once per pair of sites, when the second one is made; ordered ones never.
 *  2. Both call stacks of a finding are complete (to FINDING_FRAMES_MAX), however old the first access is.
 *  3. What cannot be kept for want of memory is said (det_degraded), never dropped in silence.
 *
 * Threads: every function may be called on any thread; a struct det_task by one thread at a time. The exceptions
 * are det_init and det_fini (alone). Functions that act on a parked task need the caller to keep it parked.
 *
 * `pc` arguments are return addresses (the byte behind the call), as __builtin_return_address(0) gives them. */
#ifndef GORO_DETECTOR_DETECTOR_H
#define GORO_DETECTOR_DETECTOR_H

#include "detector/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -- the engine ------------------------------------------------------------------------------------------ */

struct det_config {
    /* Receives each new finding, already deduplicated. Called without engine locks that another det_ call needs,
     * on the thread that made the second access; the finding lives until the call returns. */
    void (*emit)(const struct finding *f, void *arg);
    /* Something had to be given up (out of memory, out of slots): `what` is a static English sentence. */
    /* A goroutine of the finding of this number goes on after all. May be NULL. */
    void (*withdraw)(uint64_t number, void *arg);
    void (*degraded)(const char *what, void *arg);
    /* Receives what det_picture sees, in as many pieces as it takes: findings without a code, with parts only. */
    void (*picture)(const struct finding *f, void *arg);
    void *arg;
    uint64_t (*now_ns)(void);  /* the time that waits are measured by. NULL: CLOCK_MONOTONIC */
    size_t memory_limit_bytes; /* 0: none but the machine's */
    bool single;               /* one thread at a time is inside: the engine may leave out its atomics */
    bool alone;                /* the same while only the thread that calls det_init has come; any others may */
};

void det_init(const struct det_config *config);
/* Gives everything back. For unit tests, which start many engines in one process. */
void det_fini(void);
/* Changes det_config.single. The caller guarantees that nobody else is inside during the call. */
void det_set_single(bool single);
/* The calling thread will not call again: gives its caches back. Optional, but else each thread costs some memory. */
void det_thread_end(void);
/* Stops and starts checking (findings are neither made nor lost in order: edges are still taken). Per task,
 * counted: for goro_race_disable and for code that is known not to be the user's. */
struct det_task;
void det_ignore_begin(struct det_task *t);
void det_ignore_end(struct det_task *t);
/* Around fork(): t is the forking thread's task; after, in both processes. Keeps the child from inheriting a lock of
 * shadow memory that nobody will let go. */
void det_fork_before(struct det_task *t);
void det_fork_after(bool in_child);
/* Walks every structure and asserts its invariants. Slow; for tests. Nobody else may be inside. */
void det_check(void);

/* tasks_ever: without threads that have no parent, as the runtime's own. */
struct det_stats {
    uint64_t tasks_alive, tasks_ever, slots, syncs, sites, paths, heap_blocks, findings;
    uint64_t memory_bytes; /* mapped by the engine and touched */
};
void det_get_stats(struct det_stats *out);

/* -- tasks ----------------------------------------------------------------------------------------------- */

enum det_task_kind { DET_MAIN, DET_GOROUTINE, DET_THREAD };

/* A new task that starts with its parent's clock (nothing known if NULL), created by the parent's call at pc.
 * `id` is what the user sees (main is 1); goroutines and threads have ids of their own. */
struct det_task *det_task_new(struct det_task *parent, enum det_task_kind kind, uint64_t id, uintptr_t entry,
                              uintptr_t pc);
void det_task_name(struct det_task *t, const char *name);
/* The task's stack memory is [low, high): forgets what lay there, and names addresses there in findings. */
void det_task_stack(struct det_task *t, uintptr_t low, uintptr_t high);
/* What it was made with. */
uint64_t det_task_id(const struct det_task *t);
bool det_task_is_thread(const struct det_task *t);
/* Its present epoch: one more after each time it has told others something. A finding's accesses have theirs. */
uint32_t det_task_epoch(const struct det_task *t);
/* The task runs on this thread (a number of its own, never given to another) from here on, until the next call. Lets
 * tasks that take turns on a thread go without locks; a task that is never told of pays for them. */
void det_task_on_thread(struct det_task *t, uint32_t thread);
/* The task has ended. Its id, name and creation stack stay known to later findings; the pointer is dead. Its stack
 * memory stays known as a dead task's until it is given to another (GR003). */
void det_task_end(struct det_task *t);

/* -- call paths: detector/access.h has the inlined forms ---------------------------------------------------- */

/* longjmp, exceptions, goroutine exit: the depth to come back to, and going back. */
uint32_t det_depth(const struct det_task *t);
void det_unwind(struct det_task *t, uint32_t depth);

/* The calls that have returned with a local variable in others' hands (frames.h). Where a call's frame is, only the front can
 * tell. The return address of the call at a depth (1: the outermost); is the address in a frame that is watched; watches the
 * frame [low, high) of the call at a depth, of which a part, from `given` on, has become known to others. */
uintptr_t det_call(const struct det_task *t, uint32_t depth);
bool det_is_watched(const struct det_task *t, uintptr_t address);
void det_watch(struct det_task *t, uint32_t depth, uintptr_t low, uintptr_t high, uintptr_t given);
/* Leaves the innermost call if that is watched, at pc, its frame being [low, high): a write of all of it, which a use by
 * another task that is not ordered before it is found to meet (GR003). Not the frame that was watched: no more than left. */
void det_leave_watched(struct det_task *t, uintptr_t low, uintptr_t high, uintptr_t pc);

/* The task begins to use a lock, WaitGroup or the like, whose memory the front does not tell of: found (GR003) if it lay in a
 * watched frame that was left. */
void det_uses(struct det_task *t, uintptr_t object, uintptr_t pc);

/* -- accesses: the hot forms are in detector/access.h ---------------------------------------------------------- */

enum det_access_kind {
    DET_READ = 0,
    DET_WRITE = 1,
    DET_ATOMIC = 2, /* flag: with READ or WRITE (a read-modify-write is a WRITE) */
    DET_FREE = 4,   /* flag: the write that free is */
    DET_MARK = 8,   /* flag: the channel misuse marker (send is a READ, close a WRITE): found as GC001 */
    DET_LEFT = 128, /* flag: the write that the return from a function is to its frame (16 to 64 are the reporter's) */
};

/* Any size from 0 up, any alignment. */
void det_range(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc);
/* Has another task made an access to these bytes that this one, which is about to be made, conflicts with and could be made
 * before (sharing.c says what could not)? *other: its pc, 0 if that is not known. */
bool det_meets_another(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t *other);

/* -- synchronisation ---------------------------------------------------------------------------------------------- */

/* One happens-before clock. */
struct det_sync;
struct det_sync *det_sync_new(void);
void det_sync_free(struct det_sync *s);
/* The clock of an address, made at first use. It lives until the address is freed or forgotten. */
struct det_sync *det_sync_at(uintptr_t address);

void det_acquire(struct det_task *t, struct det_sync *s);
void det_release(struct det_task *t, struct det_sync *s);
void det_merge(struct det_task *t, struct det_sync *s);
void det_exchange(struct det_task *t, struct det_sync *s);
/* `to` becomes what `from` is: a release by nobody, who has heard just that. */
void det_sync_copy(struct det_sync *to, struct det_sync *from);
void det_rendezvous(struct det_task *a, struct det_task *b);

/* C11 atomics. The front makes the operation itself between begin and end, so that clock and value change as one:
 * begin locks the address's clock; end checks the access, applies the edges of `order` (a memory_order value) for a
 * load, a store or a read-modify-write, release sequences and fences included, and unlocks. For a failed
 * compare-exchange the front says DET_ATOMIC_LOAD with the failure order at the end. If every order that end may be
 * told is relaxed, adding DET_ATOMIC_RELAXED to begin's op saves memory. */
enum det_atomic_op { DET_ATOMIC_LOAD, DET_ATOMIC_STORE, DET_ATOMIC_RMW, DET_ATOMIC_RELAXED = 4 };
struct det_atomic {
    struct det_sync *sync; /* the engine's, as `section`; the rest is what begin was told */
    struct det_task *task;
    uintptr_t address, pc;
    size_t size;
    bool section;
};
struct det_atomic det_atomic_begin(struct det_task *t, uintptr_t address, size_t size, enum det_atomic_op op,
                                   uintptr_t pc);
void det_atomic_end(struct det_atomic a, enum det_atomic_op op, int order);
void det_fence(struct det_task *t, int order);

/* -- locks ---------------------------------------------------------------------------------------------------------------- */

/* A lock is taken: its clock, that of its address, is acquired. It is dropped: that clock hears of it (MERGE, or REL if it
 * replaces what the clock said), but of a read lock: the front releases to the clock of readers right after. For what a
 * finding says besides, and for cycles. `how` is a set of these flags. */
enum det_lock_how {
    DET_LOCK_READ = 1,
    DET_LOCK_TRIED = 2,    /* taken: it would not have waited for ever (a try, or a wait with a time limit) */
    DET_LOCK_REPLACES = 4, /* dropped */
};
void det_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how, uintptr_t pc);
/* Dropped, returns whether t was known to hold it. */
bool det_lock_dropped(struct det_task *t, uintptr_t lock, unsigned how);
/* Locks in [address, address + n) are made anew. */
void det_lock_new(uintptr_t address, size_t n);
/* The lock in [address, address + n) is made no more: GM003 if it is held. */
void det_lock_destroyed(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc);

/* From here on, mutexes and read-write locks order nothing, and accesses are judged by the order that is left and by the
 * locks held: findings are races that another order of critical sections might show, predicted, and need not be possible
 * (reorder.c). Which are possible is decided if all that goes between goroutines will be told (det_begins), and nothing goes
 * unseen by calls that remember something. Before goroutines and threads; never undone. */
void det_reorder_begin(bool all_is_told);
/* Then no access may take the inlined way: all are told by det_range. */
bool det_reorders(void);
/* Then: the task begins an operation that may look at anything and tell nothing of it (a try that fails, input), or has given
 * way, which tells nothing either and looks at nothing. */
void det_begins(struct det_task *t);
void det_gave_way(struct det_task *t);

/* -- who waits for what ------------------------------------------------------------------------------------------- */

/* The running task is about to wait on an object (0: on nothing that exists); once more for each further case of a
 * select. Looks for a cycle of lock owners at once (GD002, GM002); one of pthread's locks is told at once, too. */
void det_block(struct det_task *t, enum finding_object kind, uintptr_t object, uintptr_t pc);
/* How it waits for a pthread rwlock: for all who hold it; as a reader, for a writer who holds it; as a reader of a lock that
 * prefers writers, also behind a writer who waits: for itself, if it holds the lock already. */
enum det_block_how { DET_BLOCK_PLAIN, DET_BLOCK_READ, DET_BLOCK_READ_BEHIND };
void det_block_as(struct det_task *t, enum finding_object kind, uintptr_t object, enum det_block_how how, uintptr_t pc);
/* To be called every few milliseconds on any thread while this returns true: tells of cycles that have stood long
 * enough to be believed. */
bool det_tick(void);
/* For `ns` from now on nobody runs, and nothing but time ends that: cycles that will have stood long enough are told at once, so
 * that what is told under a seed does not hang on when somebody looks. */
void det_idle(uint64_t ns);
/* It waits no longer; by whoever wakes it, or itself. */
void det_wake(struct det_task *t);
/* Nothing can run any more: GD001 with all that wait, unless a cycle that was reported is the reason. The caller is
 * nobody's task. */
void det_all_asleep(void);
/* In a program of threads only: how many there are, if each waits without a time limit for what another does (`ours`, NULL:
 * not asked, says whether only a thread of this process can do that); 0: some does not. *changes: another number when one
 * of them has been woken. */
unsigned det_threads_wait(uint64_t *changes, bool (*ours)(enum finding_object kind, uintptr_t object));
/* All of them wait, and nothing else can wake one: GD001 as above. It is withdrawn if one wakes after all. */
void det_threads_asleep(void);
/* main has returned, and ends the program: goroutines that still wait (GL001), timers and contexts that still run
 * (GX001). */
void det_main_returned(void);

/* Who waits for ever (GD003): all that can still run, or that time, I/O or a thread of the program's can make run, does not
 * reach what the goroutine waits on. Between begin and end nobody else is inside the engine, and memory is still: the
 * caller stops whoever could change that. It says what it knows, and end finds out. Told are goroutines that nothing could
 * reach twice in a row, by det_reach_tell, when all may run again; one that wakes after all is withdrawn. */
struct det_reach;
/* NULL: no memory; it is not an error, only less is found. `give_up` (NULL: never) is asked now and then, and told how many words
 * of memory were read so far: if it says so, the look comes to nothing. */
struct det_reach *det_reach_begin(bool (*give_up)(uint64_t words));
/* Memory that whatever runs can see: data segments, threads' stacks and registers, what timers will hand out. */
void det_reach_memory(struct det_reach *r, uintptr_t low, uintptr_t high);
/* The same of the allocator's own variables. */
void det_reach_allocator(struct det_reach *r, uintptr_t low, uintptr_t high);
/* An object that time or a signal will touch. */
void det_reach_object(struct det_reach *r, uintptr_t object);
/* A goroutine that does not run, its registers saved at or above sp on its stack; if it waits on nothing that can be
 * reached it counts as one that runs. */
void det_reach_goroutine(struct det_reach *r, struct det_task *t, uintptr_t sp);
/* Is it in a function that has told of its entry? */
bool det_is_inside(const struct det_task *t);
/* More memory that belongs to the goroutine told of last. */
void det_reach_besides(struct det_reach *r, uintptr_t low, uintptr_t high);
/* What a look is worth. */
enum det_look {
    DET_LOOK_ONE_OF_TWO, /* who is not reached in this one and the next is lost */
    DET_LOOK_SURE,       /* counts for two: nobody can have anything that is not seen */
    DET_LOOK_LAST,       /* the same, at main's end: nothing is told of what it finds */
};
/* Frees r. True: det_reach_tell has something to tell. */
struct det_looked {
    uint64_t work_ns; /* how long it took, about, reckoned from what was looked at; 0: it came to nothing */
    uint64_t once;    /* goroutines that nothing reached in this look, for the first time */
};
bool det_reach_end(struct det_reach *r, enum det_look worth, struct det_looked *looked);
void det_reach_tell(void);
/* Who waits on others, and how many there are, as one number that is another if that has changed; 0: nobody waits on others. While
 * nobody runs. */
uint64_t det_waits(void);
/* About how long a look takes at memory of so many bytes besides the heap; the same in every run that has got so far. */
uint64_t det_reach_expected_ns(uint64_t bytes);
/* What a copy of the process costs it besides, reckoned. */
uint64_t det_copy_costs_ns(void);
/* The same end in two parts, for a look in a copy of the process (fork): there det_reach_answer, in zeroed memory of
 * det_answer_bytes() bytes (asked for before) that both see; later here, where again nobody is inside, det_reach_take.
 * Goroutines that have gone on since are left out. An answer that was not finished tells nothing. */
struct det_answer;
size_t det_answer_bytes(void);
void det_reach_answer(struct det_reach *r, struct det_answer *a, size_t bytes);
bool det_reach_take(const struct det_answer *a, struct det_looked *looked);
/* Around the making of such a copy: it has no shadow memory. No other fork meanwhile. */
void det_copy_begin(void);
void det_copy_end(void);

/* Every goroutine and thread: what it waits on, who holds that, and its calls; those that wait alike as one. The caller is
 * not inside. Returns how many there are. */
struct det_pictured {
    uint64_t waiting, forever, running;
};
struct det_pictured det_picture(void);

/* A timer or context runs from here on; until stopped. An object that runs already runs anew. */
void det_object_started(struct det_task *t, enum finding_object kind, uintptr_t object, size_t n, uintptr_t pc);
void det_object_stopped(uintptr_t object);
/* GM003: its memory holds something else while it runs, and the process is about to end of that. */
void det_timer_overwritten(uintptr_t timer);

/* A WaitGroup's counter changes by delta, from `before`; and a wait begins. */
void det_wg_add(struct det_task *t, uintptr_t wg, int64_t delta, int64_t before, uintptr_t pc);
void det_wg_wait(struct det_task *t, uintptr_t wg, uintptr_t pc);
/* The arguments of a task that its parent has just made, and that has not run yet: which WaitGroups they lead to tells
 * who was expected to call Done. */
void det_wg_given(struct det_task *parent, struct det_task *child, const uint64_t *arguments, unsigned count);

/* -- who uses channels ------------------------------------------------------------------------------------------------ */

enum det_use {
    DET_USE_SEND,
    DET_USE_RECEIVE,
    DET_USE_CLOSE,
    DET_USE_TRY_SEND, /* this and the next: it does something else if it would have to wait, or has other cases */
    DET_USE_TRY_RECEIVE,
    DET_USE_BY_SIGNALS, /* signals are sent to it from here on, by nobody */
};
/* The task begins an operation on a channel, at pc. *handle is the engine's as long as the channel lives, and 0 before.
 * Findings tell by it who was expected to end a wait. */
void det_channel_used(struct det_task *t, uintptr_t channel, uint32_t *handle, enum det_use how, uintptr_t pc);
/* It is freed. */
void det_channel_gone(struct det_task *t, uintptr_t channel, uint32_t handle);

/* -- memory ---------------------------------------------------------------------------------------------------------- */

/* [address, address+n) is a new block: nobody has touched it, it has no sync objects. */
void det_alloc(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc);
/* The block is freed: a write of all of it (GR001/GR003), its sync objects are forgotten. Before the real free.
 * Returns the block's size, 0 if the engine never saw it allocated. */
size_t det_free(struct det_task *t, uintptr_t address, uintptr_t pc);
/* Accesses near the address are to come: makes room for what is known of them, which else the first one does. */
void det_expect(uintptr_t address);
/* From here on room is made for no more than is accessed: in a process of which many copies are made, what one of them writes counts. */
void det_touch_singly(void);
/* Makes room for so many bytes of the engine's objects, which takes no memory yet. */
void det_expect_objects(size_t bytes);
/* Mapped, unmapped or replaced by the kernel: forgets shadow, blocks and sync objects there. */
void det_forget(uintptr_t address, size_t n);

/* -- findings that are not races -------------------------------------------------------------------------------------- */

/* A finding a front has made up itself (misuse, deadlock): the engine adds the task's stack as the first part,
 * numbers, deduplicates by (code, top frames) and emits it. */
void det_report(struct det_task *t, const char *code, enum finding_severity severity, enum finding_object kind,
                uintptr_t object, uintptr_t pc);

#endif
