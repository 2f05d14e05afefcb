/* Mappings: what the kernel gives or takes has no history. The runtime's stacks and the engine's own memory are mapped by
 * goro itself, and not heard of here. */
#include "instrument/visible.h"
#include "instrument/wrap.h"

#include <stdarg.h>

static bool sees(uintptr_t pc) { return front_ready && !front_is_own(pc); }
static size_t whole_pages(size_t n) { return (n + 4095) & ~(size_t)4095; }

static void *mapped(void *p, size_t n, int protection, bool shared, uintptr_t pc) {
    if (p == MAP_FAILED || !sees(pc)) return p;
    det_forget((uintptr_t)p, whole_pages(n));
    if (protection & PROT_WRITE) visible_mapped((uintptr_t)p, whole_pages(n), shared);
    return p;
}

static bool is_shared(int flags) { return (flags & MAP_TYPE) != MAP_PRIVATE; }

void *WRAP(mmap)(void *at, size_t n, int protection, int flags, int fd, off_t offset) {
    return mapped(REAL(mmap)(at, n, protection, flags, fd, offset), n, protection, is_shared(flags), FRONT_HERE);
}
void *WRAP(mmap64)(void *at, size_t n, int protection, int flags, int fd, off64_t offset) {
    return mapped(REAL(mmap64)(at, n, protection, flags, fd, offset), n, protection, is_shared(flags), FRONT_HERE);
}

/* Before the kernel can give it to another thread. */
int WRAP(munmap)(void *p, size_t n) {
    if (sees(FRONT_HERE)) {
        det_forget((uintptr_t)p, whole_pages(n));
        visible_unmapped((uintptr_t)p, whole_pages(n));
    }
    return REAL(munmap)(p, n);
}

void *WRAP(mremap)(void *p, size_t old, size_t n, int flags, ...) {
    va_list ap;
    va_start(ap, flags);
    void *wanted = flags & MREMAP_FIXED ? va_arg(ap, void *) : NULL;
    va_end(ap);
    void *q = REAL(mremap)(p, old, n, flags, wanted);
    bool shared = false;
    if (q != MAP_FAILED && sees(FRONT_HERE)) {
        if (q != p) det_forget((uintptr_t)p, whole_pages(old));
        shared = visible_unmapped((uintptr_t)p, whole_pages(old));
        if (q == p) visible_mapped((uintptr_t)p, whole_pages(n), shared);
    }
    return q == p ? q : mapped(q, n, PROT_WRITE, shared, FRONT_HERE);
}

int WRAP(madvise)(void *p, size_t n, int advice) {
    if (advice == MADV_WIPEONFORK && sees(FRONT_HERE)) visible_wiped();
    return REAL(madvise)(p, n, advice);
}
