/* Which memory the program can see: what a look for those whom nothing reaches begins at (scan.c).
 *
 * The writable segments of all modules, but for goro's own variables (they are its lists and queues, which reach nobody);
 * thread-local variables; what the program has mapped by itself.
 *
 * Always true
 *  1. The lists below are whole; if one is full, `unknown` is set and there are no more looks: what is not known to be
 *     reached must not be taken for lost.
 *
 * Threads: the lists under a lock; segments are whoever's look it is. */
#include "instrument/visible.h"
#include "instrument/own_data.h"
#include "instrument/wrap.h"

#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

enum { RANGES_MAX = 4096 };

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

void visible_hold(void) {
    while (__atomic_exchange_n(&known.lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
void visible_release(void) { __atomic_store_n(&known.lock, 0, __ATOMIC_RELEASE); }

/* -- what is told to us --------------------------------------------------------------------------------------------------- */

static void add_range(struct range *list, unsigned *count, struct range x) {
    if (*count == RANGES_MAX) known.unknown = true;
    else list[(*count)++] = x;
}

static void add_mapped_locked(uintptr_t low, uintptr_t high, bool shared) {
    known.shared_count += shared;
    add_range(known.mapped, &known.mapped_count, (struct range){low, high, shared});
}

void visible_mapped(uintptr_t low, size_t n, bool shared) {
    visible_hold();
    add_mapped_locked(low, low + n, shared);
    visible_release();
}
void visible_wiped(void) { __atomic_store_n(&known.wiped, true, __ATOMIC_RELAXED); /* on the caller's own thread first */ }

/* What is left of each range on both sides of the hole. */
bool visible_unmapped(uintptr_t low, size_t n) {
    uintptr_t high = low + n;
    bool shared = false;
    visible_hold();
    for (unsigned i = known.mapped_count; i-- > 0;) {
        struct range x = known.mapped[i];
        if (x.high <= low || x.low >= high) continue;
        known.mapped[i] = known.mapped[--known.mapped_count];
        known.shared_count -= x.shared;
        shared |= x.shared;
        if (x.low < low) add_mapped_locked(x.low, low, x.shared);
        if (x.high > high) add_mapped_locked(high, x.high, x.shared);
    }
    visible_release();
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

void visible_thread(uintptr_t high) {
    size_t bytes = 0;
    uintptr_t at = (uintptr_t)pthread_self();
    dl_iterate_phdr(add_local_bytes, &bytes);
    uintptr_t end = at + bytes + DESCRIPTOR_BYTES;
    visible_hold();
    add_range(known.threads, &known.thread_count,
              (struct range){.low = at - bytes, .high = high && high < end ? high : end});
    visible_release();
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

void visible_find(void) {
    struct range own[2] = {own_variables(), {.low = (uintptr_t)front_bss_low, .high = (uintptr_t)front_bss_high + 16}};
    segments.count = segments.allocator_count = 0;
    dl_iterate_phdr(add_segments, own);
}

static void tell_ranges(struct det_reach *r, const struct range *list, unsigned count) {
    for (unsigned i = 0; i < count; i++) det_reach_memory(r, list[i].low, list[i].high);
}

void visible_tell(struct det_reach *r) {
    tell_ranges(r, segments.list, segments.count);
    for (unsigned i = 0; i < segments.allocator_count; i++)
        det_reach_allocator(r, segments.allocator[i].low, segments.allocator[i].high);
    tell_ranges(r, known.threads, known.thread_count);
    tell_ranges(r, known.mapped, known.mapped_count);
}

uint64_t visible_bytes(void) {
    uint64_t n = 0;
    for (unsigned i = 0; i < segments.count; i++) n += segments.list[i].high - segments.list[i].low;
    for (unsigned i = 0; i < known.mapped_count; i++) n += known.mapped[i].high - known.mapped[i].low;
    return n;
}

bool visible_unknown(void) { return known.unknown; }
bool visible_in_copy(void) { return !known.wiped && !known.shared_count; }
