/* malloc and its family: where blocks begin and end.
 *
 * Always true
 *  1. A block given to anybody but goro itself starts with no history, whoever had the memory before.
 *  2. free is a write of the block by an instrumented caller; a library's own free only ends the block.
 *
 * The order matters in free: the engine hears of it before another thread can be given the memory. */
#include "instrument/wrap.h"

#include <errno.h>

static void *begin_block(void *p, size_t n, uintptr_t pc) {
    if (!p || !wrap_sees_sync(pc)) return p;
    if (front_is_instrumented(pc)) front_burn(1);
    struct det_task *t = front_self.task;
    if (t) det_alloc(t, (uintptr_t)p, n, pc);
    else det_forget((uintptr_t)p, n); /* the C library at work for our scheduler */
    return p;
}

/* Gives the block's size as it was asked for, 0 if nothing is known of it. */
static size_t end_block(void *p, uintptr_t pc) {
    struct det_task *t = front_self.task;
    if (!p || !t || !wrap_sees_sync(pc)) return 0;
    bool judged = front_is_instrumented(pc);
    if (!judged) det_ignore_begin(t);
    size_t n = det_free(t, (uintptr_t)p, pc);
    if (!judged) det_ignore_end(t);
    return n;
}

void *WRAP(malloc)(size_t n) { return begin_block(REAL(malloc)(n), n, FRONT_HERE); }

void *WRAP(calloc)(size_t count, size_t each) {
    return begin_block(REAL(calloc)(count, each), count * each, FRONT_HERE);
}

void WRAP(free)(void *p) {
    end_block(p, FRONT_HERE);
    REAL(free)(p);
}

static void *resize(void *p, size_t n, uintptr_t pc) {
    size_t known = end_block(p, pc);
    void *q = REAL(realloc)(p, n);
    if (!q && n) {
        if (known) begin_block(p, known, pc);
        return NULL;
    }
    begin_block(q, n, pc);
    if (q && known && q != p && wrap_sees_accesses(pc)) wrap_writes(pc, q, known < n ? known : n);
    return q;
}

void *WRAP(realloc)(void *p, size_t n) { return resize(p, n, FRONT_HERE); }

void *WRAP(reallocarray)(void *p, size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(p, n, FRONT_HERE);
}

void *WRAP(memalign)(size_t alignment, size_t n) { return begin_block(REAL(memalign)(alignment, n), n, FRONT_HERE); }

void *WRAP(aligned_alloc)(size_t alignment, size_t n) {
    return begin_block(REAL(memalign)(alignment, n), n, FRONT_HERE);
}

int WRAP(posix_memalign)(void **out, size_t alignment, size_t n) {
    if (!alignment || alignment % sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    int saved = errno;
    void *p = begin_block(REAL(memalign)(alignment, n), n, FRONT_HERE);
    errno = saved;
    if (!p) return ENOMEM;
    *out = p;
    return 0;
}

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

void *WRAP(valloc)(size_t n) { return begin_block(REAL(memalign)(page_size(), n), n, FRONT_HERE); }

void *WRAP(pvalloc)(size_t n) {
    size_t page = page_size();
    n = (n + page - 1) & ~(page - 1);
    return begin_block(REAL(memalign)(page, n), n, FRONT_HERE);
}

uintptr_t wrap_malloc_place(void) { return (uintptr_t)REAL(malloc); }
