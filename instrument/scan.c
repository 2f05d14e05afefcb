/* Which memory the program can see, and when to look.
 *
 * A look begins at: the writable segments of all modules, but for goro's own variables (they are its lists and queues,
 * which reach nobody); thread-local variables; what the program has mapped by itself; then what the runtime knows
 * (running_walk). The engine does the rest.
 *
 * When: INTERVAL_NS after the last look, or SHARE times what that took, whichever is later, so that at most one part in
 * SHARE of the time goes there; LOOKS times while no goroutine runs, since nothing changes then.
 *
 * Always true
 *  1. The lists below are whole; if one is full, `unknown` is set and there are no more looks: what is not known to be
 *     reached must not be taken for lost.
 *
 * Threads: scan_tick on the monitor's; the lists under a lock.
 *
 * Not done: following what only the kernel keeps (epoll's user data, a pointer written to a pipe): a goroutine that wakes
 * by such a one is withdrawn. */
#include "instrument/scan.h"
#include "instrument/away.h"
#include "instrument/own_data.h"
#include "instrument/snapshot.h"
#include "instrument/strategy.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

enum { MIN_PAUSE_NS = 20000000, PAUSE_NS_PER_KIB = 200000000 >> 20 };
enum { INTERVAL_NS = 20000000, SHARE = 100, RANGES_MAX = 4096, LOOKS = 3 };

struct range {
    uintptr_t low, high;
    bool shared;
};

static struct {
    struct range mapped[RANGES_MAX], threads[RANGES_MAX];
    unsigned mapped_count, thread_count;
    bool unknown;
    unsigned shared_count; /* of what is mapped: a copy of the process would see it as it is later */
    bool wiped;            /* there is memory that is empty in a copy */
    uint32_t lock; /* acquire-release; sections of a few instructions */
} known;

static void lock_known(void) {
    while (__atomic_exchange_n(&known.lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static void unlock_known(void) { __atomic_store_n(&known.lock, 0, __ATOMIC_RELEASE); }

void scan_fork_before(void) { lock_known(); }
void scan_fork_after(void) { unlock_known(); }

/* -- what is told to us --------------------------------------------------------------------------------------------------- */

static void add_range(struct range *list, unsigned *count, struct range x) {
    if (*count == RANGES_MAX) known.unknown = true;
    else list[(*count)++] = x;
}

static void add_mapped_locked(uintptr_t low, uintptr_t high, bool shared) {
    known.shared_count += shared;
    add_range(known.mapped, &known.mapped_count, (struct range){low, high, shared});
}

void scan_mapped(uintptr_t low, size_t n, bool shared) {
    lock_known();
    add_mapped_locked(low, low + n, shared);
    unlock_known();
}
void scan_wiped(void) { __atomic_store_n(&known.wiped, true, __ATOMIC_RELAXED); /* on the caller's own thread first */ }

/* What is left of each range on both sides of the hole. */
bool scan_unmapped(uintptr_t low, size_t n) {
    uintptr_t high = low + n;
    bool shared = false;
    lock_known();
    for (unsigned i = known.mapped_count; i-- > 0;) {
        struct range x = known.mapped[i];
        if (x.high <= low || x.low >= high) continue;
        known.mapped[i] = known.mapped[--known.mapped_count];
        known.shared_count -= x.shared;
        shared |= x.shared;
        if (x.low < low) add_mapped_locked(x.low, low, x.shared);
        if (x.high > high) add_mapped_locked(high, x.high, x.shared);
    }
    unlock_known();
    return shared;
}

/* -- thread-local variables ----------------------------------------------------------------------------------------------- */

/* Of all modules that were there at the start, on either side of the thread pointer. */
static int add_local_bytes(struct dl_phdr_info *info, size_t size, void *arg) {
    size_t *bytes = arg;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS) *bytes += info->dlpi_phdr[i].p_memsz + info->dlpi_phdr[i].p_align;
    return 0;
}

enum { DESCRIPTOR_BYTES = 4096 }; /* of the C library's, beside them: pthread_setspecific's values */

void scan_thread(uintptr_t high) {
    size_t bytes = 0;
    uintptr_t at = (uintptr_t)pthread_self();
    dl_iterate_phdr(add_local_bytes, &bytes);
    uintptr_t end = at + bytes + DESCRIPTOR_BYTES;
    lock_known();
    add_range(known.threads, &known.thread_count,
              (struct range){.low = at - bytes, .high = high && high < end ? high : end});
    unlock_known();
}

/* -- one look --------------------------------------------------------------------------------------------------------------- */

#define DECLARE(name, side, where) extern char front_##name##_##side[16];
OWN_VARIABLES(DECLARE, low)
OWN_VARIABLES(DECLARE, high)
OWN_ZEROES(DECLARE, low)
OWN_ZEROES(DECLARE, high)

static struct range own_variables(void) {
    struct range own = {.low = UINTPTR_MAX};
#define LOWEST(name, side, where)                                                                                      \
    if ((uintptr_t)front_##name##_##side < own.low) own.low = (uintptr_t)front_##name##_##side;
#define HIGHEST(name, side, where)                                                                                     \
    if ((uintptr_t)front_##name##_##side + 16 > own.high) own.high = (uintptr_t)front_##name##_##side + 16;
    OWN_VARIABLES(LOWEST, low)
    OWN_VARIABLES(HIGHEST, high)
    return own;
}

enum { SEGMENTS_MAX = 1024 };
static struct {
    struct range list[SEGMENTS_MAX];
    unsigned count;
    struct range allocator[4]; /* those of the module that malloc is in, if it is not the program itself */
    unsigned allocator_count;
} segments;

static void add_segment(uintptr_t low, uintptr_t high) {
    if (low >= high) return;
    if (segments.count == SEGMENTS_MAX) known.unknown = true;
    else segments.list[segments.count++] = (struct range){.low = low, .high = high};
}

/* Without goro's own, which are `own`, in their order. */
static void add_around(struct range x, const struct range *own, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        if (own[i].high <= x.low || own[i].low >= x.high) continue;
        add_segment(x.low, own[i].low);
        x.low = own[i].high;
    }
    add_segment(x.low, x.high);
}

/* It remembers which pages of stacks it has read, for us: no pointers of the program's. */
static bool is_unwinder(const char *path) {
    const char *last = path ? strrchr(path, '/') : NULL;
    return last && !strncmp(last, "/libunwind", 10);
}

static struct range range_of(const struct dl_phdr_info *info, unsigned i) {
    uintptr_t low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    return (struct range){.low = low, .high = low + info->dlpi_phdr[i].p_memsz};
}

/* In a static program the allocator's variables are not told from the user's. */
static bool has_malloc(const struct dl_phdr_info *info) {
    if (!info->dlpi_name || !*info->dlpi_name) return false;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        struct range x = range_of(info, i);
        if (info->dlpi_phdr[i].p_type == PT_LOAD && wrap_malloc_place() - x.low < x.high - x.low) return true;
    }
    return false;
}

static int add_segments(struct dl_phdr_info *info, size_t size, void *arg) {
    (void)size;
    if (is_unwinder(info->dlpi_name)) return 0;
    bool allocates = has_malloc(info);
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD || !(info->dlpi_phdr[i].p_flags & PF_W)) continue;
        if (allocates && segments.allocator_count < array_length(segments.allocator))
            segments.allocator[segments.allocator_count++] = range_of(info, i);
        else add_around(range_of(info, i), arg, 2);
    }
    return 0;
}

static void find_segments(void) {
    struct range own[2] = {own_variables(), {.low = (uintptr_t)front_bss_low, .high = (uintptr_t)front_bss_high + 16}};
    segments.count = segments.allocator_count = 0;
    dl_iterate_phdr(add_segments, own);
}

static void tell_memory(void *r, const void *low, const void *high) {
    det_reach_memory(r, (uintptr_t)low, (uintptr_t)high);
}
static void tell_besides(void *r, const void *low, const void *high) {
    det_reach_besides(r, (uintptr_t)low, (uintptr_t)high);
}
static void tell_object(void *r, const void *object) { det_reach_object(r, (uintptr_t)object); }
static void tell_goroutine(void *r, void *task, uintptr_t sp) { det_reach_goroutine(r, task, sp); }

static void tell_ranges(struct det_reach *r, const struct range *list, unsigned count) {
    for (unsigned i = 0; i < count; i++) det_reach_memory(r, list[i].low, list[i].high);
}

static int64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Nobody is held up for longer than 200 ms of CPU time for each GiB of memory. Asked while the look goes on. */
static int64_t begun_ns;
static bool takes_too_long(uint64_t words) {
    int64_t allowed = MIN_PAUSE_NS + (int64_t)(words * sizeof(uintptr_t) / 1024) * PAUSE_NS_PER_KIB;
    return (running_waited_for() || away_waited_for()) && now_ns(CLOCK_THREAD_CPUTIME_ID) - begun_ns > allowed;
}

/* What the look is for, and what came out. */
struct look {
    bool judge_only;          /* the last one, of which nothing is told now */
    struct snapshot *apart;   /* it may be made in a copy; NULL: here */
    struct det_task *running; /* whose look it is; NULL: nobody runs */
    bool returned;            /* it is main, and all its frames are gone: what exit() has there still has their values in it */
    bool found, begun;        /* begun: the copy is at it */
    struct det_looked out;
    uintptr_t sp; /* of the running one: its registers are above */
};

extern void *__libc_stack_end; /* where the first function of all found it */

static void tell_all(struct det_reach *r, const struct look *l) {
    struct running_walk walk = {
        .goroutine = tell_goroutine, .besides = tell_besides, .memory = tell_memory, .object = tell_object, .arg = r};
    tell_ranges(r, segments.list, segments.count);
    for (unsigned i = 0; i < segments.allocator_count; i++)
        det_reach_allocator(r, segments.allocator[i].low, segments.allocator[i].high);
    tell_ranges(r, known.threads, known.thread_count);
    tell_ranges(r, known.mapped, known.mapped_count);
    running_walk(&walk);
    away_walk(r);
    if (l->running) det_reach_goroutine(r, l->running, l->returned ? (uintptr_t)__libc_stack_end : l->sp);
}

static void look_here(struct look *l) {
    begun_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    struct det_reach *r = det_reach_begin(l->running ? NULL : takes_too_long);
    if (!r) return;
    tell_all(r, l);
    l->found |= det_reach_end(r, l->judge_only, &l->out);
}

/* -- in a copy of the process ------------------------------------------------------------------------------------------------- */

/* Each of those who look has a copy of his own: what one does under a seed must not depend on when another one came. */
static struct { struct snapshot ticks, points, asked; } copies;
static size_t answer_bytes;

/* What the unwinder maps for itself, say, is nothing to the engine there, which has no shadow memory. */
static void look_there(void *look, void *answer) {
    __atomic_store_n(&front_ready, false, __ATOMIC_RELAXED); /* there is one thread */
    struct det_reach *r = det_reach_begin(NULL);
    if (!r) return;
    tell_all(r, look);
    det_reach_answer(r, answer, answer_bytes);
}

/* The copy is made while nobody else can fork: without shadow memory, which no other child is to miss. */
static bool begin_there(struct look *l) {
    if (!l->apart) return false;
    lock_known();
    det_copy_begin();
    bool begun = snapshot_take(l->apart, look_there, l);
    det_copy_end();
    unlock_known();
    return begun;
}

static GORO_NOINLINE void look(void *arg) {
    struct look *l = arg;
    l->sp = (uintptr_t)__builtin_frame_address(0);
    l->begun = begin_there(l);
    if (!l->begun) look_here(l);
}

/* The copy has ended; again nobody runs. */
static void take(void *arg) {
    struct look *l = arg;
    l->found |= det_reach_take(snapshot_result(l->apart), &l->out);
}

static uint64_t memory_bytes(void) {
    uint64_t n = 0;
    for (unsigned i = 0; i < segments.count; i++) n += segments.list[i].high - segments.list[i].low;
    for (unsigned i = 0; i < known.mapped_count; i++) n += known.mapped[i].high - known.mapped[i].low;
    return n;
}

/* One that has failed, for want of memory say, has the next look made here. */
static bool failed_last;

/* Is the look to be made in a copy? A small one takes less time than the copy. */
static void choose_place(struct look *l, struct snapshot *copy) {
    bool apart = copy && !known.wiped && !known.shared_count &&
                 det_reach_expected_ns(memory_bytes()) / 1000 >= front_options.apart;
    l->apart = NULL;
    if (apart && !failed_last && snapshot_allowed()) {
        answer_bytes = det_answer_bytes();
        if (snapshot_prepare(copy, answer_bytes)) l->apart = copy;
    }
    failed_last = false;
}

/* After the call that was to make the look, which has not made a copy. */
static void leave_place(struct look *l) {
    if (l->apart && !l->begun) snapshot_drop(l->apart); /* if it could not be made, it is gone already */
    if (!l->begun) l->apart = NULL;
}

/* Two threads may want to: the monitor's, and who makes a picture. False: the other one is at it. */
static uint32_t looking; /* acquire-release */
static bool begin_looking(void) { return !__atomic_exchange_n(&looking, 1, __ATOMIC_ACQUIRE); }
static void end_looking(void) { __atomic_store_n(&looking, 0, __ATOMIC_RELEASE); }

/* The other one is at it for long only if somebody asked for a picture: then the process ends with what is known. */
void scan_forget(void) {
    if (!front_ready || !begin_looking()) return;
    snapshot_drop(&copies.ticks);
    snapshot_drop(&copies.points);
    snapshot_drop(&copies.asked);
}

static int64_t longer(int64_t ns) { return ns > INTERVAL_NS ? ns : INTERVAL_NS; }

/* Until the next look, after one that has used so much. Who was not reached for the first time is looked for again at once, but
 * not ever again. */
static int64_t pause_after(const struct look *l, int64_t used, bool *hurried) {
    *hurried = l->out.once && !*hurried;
    return *hurried ? INTERVAL_NS : longer(used * SHARE);
}

/* -- for who asks ---------------------------------------------------------------------------------------------------------------- */

enum { TRIES = 100, PAUSE_NS = 1000000 };
#define MOST_NS INT64_C(60000000000) /* a copy that is not ready then has failed */

static bool try_quiet(void (*call)(void *arg), struct look *l) {
    for (unsigned i = 0; i < TRIES && !known.unknown; i++) {
        if (running_quiet(call, l)) return true;
        syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = PAUSE_NS}, NULL); /* past our own wrapper */
    }
    return false;
}

/* Both of the engine's looks: who is not reached twice is lost. Who runs for a moment is waited for. */
void scan_now(void) {
    enum { LOOKS_NEEDED = 2 };
    struct look l = {0};
    if (!front_ready || known.unknown || !begin_looking()) return;
    for (unsigned looks = 0; looks < LOOKS_NEEDED; looks++) {
        find_segments();
        choose_place(&l, &copies.asked);
        bool looked = try_quiet(look, &l);
        leave_place(&l);
        if (!looked) break;
        if (!l.begun) continue;
        failed_last = snapshot_wait(l.apart, MOST_NS) != SNAPSHOT_DONE;
        if (!failed_last) try_quiet(take, &l);
        snapshot_drop(l.apart);
    }
    if (l.found) det_reach_tell();
    end_looking();
}

/* -- under a seed ---------------------------------------------------------------------------------------------------------------- */

/* Under a seed somebody may run all the time: then it is the goroutine itself that looks, which is the only one to run. When,
 * must be the same in every run: counted time decides, and the work that a look is, not the time that it takes. So the
 * answer from a copy, too, is waited for at a time that is counted, which leaves it plenty. */
static bool look_alone(struct look *l, struct snapshot *copy) {
    l->running = front_self.task;
    find_segments();
    choose_place(l, copy);
    bool looked = !known.unknown && running_alone(look, l);
    leave_place(l);
    return looked;
}

static GORO_NOINLINE void take_alone(void *arg) {
    struct look *l = arg;
    l->sp = (uintptr_t)__builtin_frame_address(0);
    failed_last = snapshot_wait(l->apart, MOST_NS) != SNAPSHOT_DONE;
    if (!failed_last) take(l);
    else look_here(l);
}

void scan_point(void) {
    enum { PATIENCE = 4 };
    static int64_t next;
    struct look l = {.running = front_self.task, .apart = &copies.points};
    static bool hurried;
    int64_t now = running_now();
    if (now < next || known.unknown || strategy_explores || !begin_looking()) return;
    int64_t copy_ns = 0;
    if (copies.points.shared) {
        running_alone(take_alone, &l);
        snapshot_drop(&copies.points);
        copy_ns = (int64_t)det_copy_costs_ns();
    } else if (next) look_alone(&l, &copies.points);
    if (l.begun) next = now + longer((int64_t)det_reach_expected_ns(memory_bytes()) * PATIENCE);
    else next = now + pause_after(&l, (int64_t)l.out.work_ns + copy_ns, &hurried);
    if (l.found) det_reach_tell();
    end_looking();
}

void scan_end(void) {
    struct look l = {.judge_only = true, .returned = !det_is_inside(front_self.task)};
    if (!front_ready || known.unknown || strategy_explores || !begin_looking()) return;
    look_alone(&l, NULL);
    end_looking();
}

static int64_t kernel_ns(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_stime.tv_sec * INT64_C(1000000000) + u.ru_stime.tv_usec * INT64_C(1000);
}

/* -- when ------------------------------------------------------------------------------------------------------------------- */

static int64_t copied_at; /* the process's time in the kernel when the copy was made: pages that it writes are copied */

/* One that has begun is to be ended: false, if it cannot yet. *used: the processor time that it took. */
static bool end_copy(struct look *l, int64_t *used) {
    switch (snapshot_wait(l->apart, 0)) {
    case SNAPSHOT_WORKS: return false;
    case SNAPSHOT_DONE:
        *used = snapshot_used_ns(l->apart) + kernel_ns() - copied_at;
        if (!running_quiet(take, l)) return false;
        break;
    default: failed_last = true;
    }
    snapshot_drop(l->apart);
    return true;
}

static bool look_quiet(struct look *l) {
    find_segments(); /* before: somebody may hold the linker's lock later */
    choose_place(l, &copies.ticks);
    bool looked = !known.unknown && running_quiet(look, l);
    leave_place(l);
    if (l->begun) copied_at = kernel_ns();
    return looked && !l->begun;
}

bool scan_tick(void) {
    static int64_t next;
    static uint32_t last_turns;
    static unsigned looks; /* since somebody ran */
    static bool hurried;
    struct look l = {.apart = &copies.ticks};
    uint32_t turns = running_turns();
    bool begun = copies.ticks.shared;
    if (turns != last_turns) looks = 0;
    last_turns = turns;
    if (!front_ready || known.unknown || (looks == LOOKS && !begun)) return false;
    int64_t start = now_ns(CLOCK_MONOTONIC), used = begun ? 0 : now_ns(CLOCK_THREAD_CPUTIME_ID);
    if ((start < next && !begun) || !begin_looking()) return true;
    bool ended = begun ? end_copy(&l, &used) : look_quiet(&l);
    if (!begun) used = now_ns(CLOCK_THREAD_CPUTIME_ID) - used;
    looks += ended;
    if (ended) next = now_ns(CLOCK_MONOTONIC) + pause_after(&l, used, &hurried);
    if (l.found) det_reach_tell();
    end_looking();
    return true;
}
