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
#include "instrument/own_data.h"
#include "instrument/strategy.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

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
};

static struct {
    struct range mapped[RANGES_MAX], threads[RANGES_MAX];
    unsigned mapped_count, thread_count;
    bool unknown;
    uint32_t lock; /* acquire-release; sections of a few instructions */
} known;

static void lock_known(void) {
    while (__atomic_exchange_n(&known.lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static void unlock_known(void) { __atomic_store_n(&known.lock, 0, __ATOMIC_RELEASE); }

void scan_fork_before(void) { lock_known(); }
void scan_fork_after(void) { unlock_known(); }

/* -- what is told to us --------------------------------------------------------------------------------------------------- */

static void add_range(struct range *list, unsigned *count, uintptr_t low, uintptr_t high) {
    if (*count == RANGES_MAX) known.unknown = true;
    else list[(*count)++] = (struct range){low, high};
}

void scan_mapped(uintptr_t low, size_t n) {
    lock_known();
    add_range(known.mapped, &known.mapped_count, low, low + n);
    unlock_known();
}

/* What is left of each range on both sides of the hole. */
void scan_unmapped(uintptr_t low, size_t n) {
    uintptr_t high = low + n;
    lock_known();
    for (unsigned i = known.mapped_count; i-- > 0;) {
        struct range x = known.mapped[i];
        if (x.high <= low || x.low >= high) continue;
        known.mapped[i] = known.mapped[--known.mapped_count];
        if (x.low < low) add_range(known.mapped, &known.mapped_count, x.low, low);
        if (x.high > high) add_range(known.mapped, &known.mapped_count, high, x.high);
    }
    unlock_known();
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
    add_range(known.threads, &known.thread_count, at - bytes, high && high < end ? high : end);
    unlock_known();
}

/* -- one look --------------------------------------------------------------------------------------------------------------- */

#define DECLARE(name, side, where) extern char front_##name##_##side[16];
OWN_VARIABLES(DECLARE, low)
OWN_VARIABLES(DECLARE, high)
OWN_ZEROES(DECLARE, low)
OWN_ZEROES(DECLARE, high)

static struct range own_variables(void) {
    struct range own = {UINTPTR_MAX, 0};
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
    else segments.list[segments.count++] = (struct range){low, high};
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
    return (struct range){low, low + info->dlpi_phdr[i].p_memsz};
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
    struct range own[2] = {own_variables(), {(uintptr_t)front_bss_low, (uintptr_t)front_bss_high + 16}};
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
    return running_waited_for() && now_ns(CLOCK_THREAD_CPUTIME_ID) - begun_ns > allowed;
}

/* What the look is for, and what came out. */
struct look {
    bool judge_only; /* nothing is to be told now */
    bool found;
    uint64_t work_ns;
    struct det_task *running; /* whose look it is; NULL: nobody runs */
};

static GORO_NOINLINE void look(void *arg) {
    struct look *l = arg;
    begun_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    struct det_reach *r = det_reach_begin(l->running ? NULL : takes_too_long);
    struct running_walk walk = {
        .goroutine = tell_goroutine, .besides = tell_besides, .memory = tell_memory, .object = tell_object, .arg = r};
    if (!r) return;
    tell_ranges(r, segments.list, segments.count);
    for (unsigned i = 0; i < segments.allocator_count; i++)
        det_reach_allocator(r, segments.allocator[i].low, segments.allocator[i].high);
    tell_ranges(r, known.threads, known.thread_count);
    tell_ranges(r, known.mapped, known.mapped_count);
    running_walk(&walk);
    if (l->running) det_reach_goroutine(r, l->running, (uintptr_t)__builtin_frame_address(0));
    l->found |= det_reach_end(r, l->judge_only, &l->work_ns);
}

/* Two threads may want to: the monitor's, and who makes a picture. False: the other one is at it. */
static uint32_t looking; /* acquire-release */
static bool begin_looking(void) { return !__atomic_exchange_n(&looking, 1, __ATOMIC_ACQUIRE); }
static void end_looking(void) { __atomic_store_n(&looking, 0, __ATOMIC_RELEASE); }

/* Both of the engine's looks: who is not reached twice is lost. Who runs for a moment is waited for. */
void scan_now(void) {
    enum { TRIES = 100, PAUSE_NS = 1000000, LOOKS_NEEDED = 2 };
    unsigned looks = 0;
    struct look l = {0};
    if (!front_ready || known.unknown || !begin_looking()) return;
    find_segments();
    for (unsigned i = 0; i < TRIES && looks < LOOKS_NEEDED && !known.unknown; i++) {
        if (running_quiet(look, &l)) looks++;
        else syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = PAUSE_NS}, NULL); /* past our own wrapper */
    }
    if (l.found) det_reach_tell();
    end_looking();
}

/* Under a seed somebody may run all the time: then it is the goroutine itself that looks, which is the only one to run. When,
 * must be the same in every run: counted time decides, and the work that a look is, not the time that it takes. */
static bool look_alone(struct look *l) {
    bool looked = false;
    l->running = front_self.task;
    if (!begin_looking()) return false;
    find_segments();
    looked = !known.unknown && running_alone(look, l);
    end_looking();
    return looked;
}

void scan_point(void) {
    static int64_t next;
    struct look l = {0};
    int64_t now = running_now();
    if (now < next || known.unknown || strategy_explores) return;
    if (next) look_alone(&l);
    int64_t pause = (int64_t)l.work_ns * SHARE;
    next = now + (pause > INTERVAL_NS ? pause : INTERVAL_NS);
    if (l.found) det_reach_tell();
}

void scan_end(void) {
    struct look l = {.judge_only = true};
    if (!front_ready || known.unknown || strategy_explores) return;
    for (int i = 0; i < 2 && look_alone(&l); i++) {}
}

/* -- when ------------------------------------------------------------------------------------------------------------------- */

bool scan_tick(void) {
    static int64_t next;
    static uint32_t last_turns;
    static unsigned looks; /* since somebody ran */
    struct look l = {0};
    uint32_t turns = running_turns();
    if (turns != last_turns) looks = 0;
    last_turns = turns;
    if (!front_ready || known.unknown || looks == LOOKS) return false;
    int64_t start = now_ns(CLOCK_MONOTONIC), used = now_ns(CLOCK_THREAD_CPUTIME_ID);
    if (start < next || !begin_looking()) return true;
    find_segments(); /* before: somebody may hold the linker's lock later */
    bool looked = !known.unknown && running_quiet(look, &l);
    end_looking();
    if (!looked) return true;
    looks++;
    used = now_ns(CLOCK_THREAD_CPUTIME_ID) - used;
    next = now_ns(CLOCK_MONOTONIC) + (used * SHARE > INTERVAL_NS ? used * SHARE : INTERVAL_NS);
    if (l.found) det_reach_tell();
    return true;
}
