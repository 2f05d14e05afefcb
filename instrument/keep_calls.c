/* Which system calls a schedule may make and its process still be used again (keep.h).
 *
 * What a schedule has mapped, if it is not much, is left where it is for the next one, which gets it when it asks for the same in
 * the same order: so it gets the addresses that it would in a process of its own. Pages that are there already cost no faults.
 *
 * Always true
 *  1. What `mapped` names was mapped by a schedule, and nothing was there before: up to mapped_count by this one, in order;
 *     from there to left_count by the last one.
 *  2. A call that is named neither here nor in keep_descriptors.c is not made. */
#include "instrument/keep_inside.h"
#include "runtime/base/base.h"

#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* They only ask, or give time away. */
static const short harmless[] = {
    SYS_sched_yield, SYS_getpid,    SYS_gettid,     SYS_getppid,    SYS_getuid,
    SYS_geteuid,     SYS_getgid,    SYS_getegid,    SYS_getcpu,     SYS_gettimeofday,
    SYS_uname,       SYS_getrandom, SYS_getcwd,     SYS_readlinkat, SYS_sched_getaffinity,
    SYS_sysinfo,     SYS_fstat,     SYS_newfstatat, SYS_mincore,    SYS_clock_gettime,
#ifdef SYS_readlink
    SYS_readlink,    SYS_stat,      SYS_lstat,      SYS_access,     SYS_time,
#endif
};

void keep_calls_begin(struct keep_calls *c) {
    *c = (struct keep_calls){.heap_end = (uintptr_t)keep_call(SYS_brk, 0, 0, 0, 0, 0, 0)};
}

/* -- memory that the schedule maps ------------------------------------------------------------------------------ */

static bool is_mapped(const struct keep_calls *c, uintptr_t low, size_t n) {
    for (unsigned i = 0; i < c->mapped_count; i++)
        if (low >= c->mapped[i].low && low <= c->mapped[i].high && n <= c->mapped[i].high - low) return true;
    return false;
}

static size_t whole_pages(size_t n) { return (n + KEEP_PAGE - 1) & ~(size_t)(KEEP_PAGE - 1); }

static void note_mapped(struct keep_calls *c, long at, size_t n) {
    if (at < 0 && at > -KEEP_PAGE) return; /* there is nothing */
    c->mapped[c->mapped_count++] = (struct keep_span){(uintptr_t)at, (uintptr_t)at + whole_pages(n)};
}

/* Those that the last schedule mapped and this one has not, from where they part on. */
static void unmap_left(struct keep_calls *c) {
    for (unsigned i = c->mapped_count; i < c->left_count; i++)
        keep_call(SYS_munmap, c->mapped[i].low, c->mapped[i].high - c->mapped[i].low, 0, 0, 0, 0);
    c->unmapped |= c->left_count > c->mapped_count;
    c->left_count = 0;
}

static bool may_map(const struct keep_calls *c, const uintptr_t *a) {
    enum { FLAGS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK };
    return c->mapped_count < KEEP_MAPPINGS && !(a[3] & ~(uintptr_t)FLAGS) && a[3] & MAP_ANONYMOUS;
}

/* As the last schedule did it: the memory is still there, and empty. */
static long map(struct keep_calls *c, const uintptr_t *a) {
    unsigned i = c->mapped_count;
    bool usual = !a[0] && a[2] == (PROT_READ | PROT_WRITE);
    if (usual && i < c->left_count && c->mapped[i].high - c->mapped[i].low == whole_pages(a[1]))
        return (long)c->mapped[c->mapped_count++].low;
    unmap_left(c);
    c->changed |= !usual;
    long at = keep_call(SYS_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
    note_mapped(c, at, a[1]);
    return at;
}

static bool may_move(const struct keep_calls *c, const uintptr_t *a) {
    return c->mapped_count < KEEP_MAPPINGS && !(a[3] & ~(uintptr_t)MREMAP_MAYMOVE) && is_mapped(c, a[0], a[1]);
}

/* What guards are given to. */
static bool is_advice_for_mapped(const struct keep_calls *c, const uintptr_t *a) {
    const struct iovec *v = (const struct iovec *)a[1]; /* NOLINT: as the kernel would read it */
    for (uintptr_t i = 0; i < a[2]; i++)
        if (!is_mapped(c, (uintptr_t)v[i].iov_base, v[i].iov_len)) return false;
    return true;
}

static bool is_hint(uintptr_t advice) {
    return advice == MADV_NOHUGEPAGE || advice == MADV_HUGEPAGE || advice == MADV_DONTDUMP;
}

/* The heap's end goes back to where it was; below it memory is put back, not made. */
static bool may_move_heap(struct keep_calls *c, uintptr_t end) {
    if (end && end < c->heap_end) return false;
    c->heap_moved |= end != 0;
    return true;
}

/* -- the others ---------------------------------------------------------------------------------------------------- */

static bool is_output(uintptr_t fd) { return fd == STDOUT_FILENO || fd == STDERR_FILENO; }

static bool is_harmless(long number) {
    for (size_t i = 0; i < array_length(harmless); i++)
        if (harmless[i] == number) return true;
    return false;
}

static bool is_no_time(const struct timespec *t) { return t && !t->tv_sec && !t->tv_nsec; }

static bool may_make(struct keep_calls *c, long number, const uintptr_t *a) {
    switch (number) {
    case SYS_write:
    case SYS_writev: return is_output(a[0]);
    case SYS_ioctl: return is_output(a[0]) && a[1] == TCGETS;
    case SYS_futex: return (a[1] & FUTEX_CMD_MASK) == FUTEX_WAKE;
    case SYS_prlimit64: return !a[2];
    case SYS_ppoll: return is_no_time((const struct timespec *)a[2]) && !a[3]; /* NOLINT: as the kernel would read it */
#ifdef SYS_poll
    case SYS_poll: return !(int)a[2];
#endif
    case SYS_rt_sigaction: return !a[1];
    case SYS_brk: return may_move_heap(c, a[0]);
    case SYS_mmap: return may_map(c, a);
    case SYS_mremap: return may_move(c, a);
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_madvise: return is_mapped(c, a[0], a[1]);
    case SYS_process_madvise: return is_advice_for_mapped(c, a);
    default: return is_harmless(number);
    }
}

static void note_change(struct keep_calls *c, long number, const uintptr_t *a) {
    c->changed |= number == SYS_munmap || number == SYS_mremap || number == SYS_mprotect ||
                  number == SYS_process_madvise || (number == SYS_madvise && !is_hint(a[2]));
    if (number == SYS_mremap) unmap_left(c);
}

bool keep_calls_make(struct keep_calls *c, long number, const uintptr_t *a, long *result) {
    bool files = keep_descriptors_may(&c->descriptors, number, a);
    if (!files && !may_make(c, number, a)) return false;
    if (number == SYS_mmap) {
        *result = map(c, a);
        return true;
    }
    note_change(c, number, a);
    *result = keep_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (number == SYS_mremap) note_mapped(c, *result, a[2]);
    return !files || keep_descriptors_note(&c->descriptors, number, a, *result);
}

static size_t left_bytes(const struct keep_calls *c) {
    size_t n = 0;
    for (unsigned i = 0; i < c->left_count; i++) n += c->mapped[i].high - c->mapped[i].low;
    return n;
}

bool keep_calls_undo(struct keep_calls *c) {
    enum { LEFT_BYTES_MAX = 64 << 20 };
    keep_descriptors_close(&c->descriptors);
    unmap_left(c);
    c->left_count = c->mapped_count;
    c->mapped_count = 0;
    if (c->changed || left_bytes(c) > LEFT_BYTES_MAX) unmap_left(c);
    if (c->heap_moved) keep_call(SYS_brk, c->heap_end, 0, 0, 0, 0, 0);
    bool unmapped = c->unmapped || c->heap_moved;
    c->heap_moved = c->changed = c->unmapped = false;
    return unmapped;
}
