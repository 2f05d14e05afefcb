/* A memory barrier on every thread of the process.
 *
 * Without membarrier (a seccomp filter that forbids it) the barrier is bought by taking away and giving back the
 * right to write a page: the kernel must then interrupt every CPU that has the mapping in use, and an interrupt
 * orders memory on x86-64. AArch64 may shoot down mappings without interrupts, so there we also wait longer than a
 * store can stay in a store buffer.
 *
 * Always true: the page may be written only under its mutex, by who has just got the right to.
 *
 * Threads: barrier_all on any. */
#include "runtime/barrier.h"
#include "runtime/base/futex.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool expedited;
static struct os_mutex page_mutex;
static char *page; /* the fallback's; NULL until it is needed: membarrier may be forbidden later, or fail (ENOMEM) */

void barrier_init(void) { expedited = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0; }

static void page_make_locked(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) environment_error("mmap", "no memory for a barrier among threads", errno);
    mlock(p, 4096); /* a page that is not there would need no shoot-down */
    page = p;
}

static void page_allow_locked(int what) {
    if (mprotect(page, 4096, what)) environment_error("mprotect", "no barrier among threads (vm.max_map_count)", errno);
}

static void barrier_slow(void) {
    os_mutex_lock(&page_mutex);
    if (!page) page_make_locked();
    page_allow_locked(PROT_READ | PROT_WRITE);
    __atomic_fetch_add(page, 1, __ATOMIC_SEQ_CST); /* so that the page is present and writable in this CPU's TLB */
    page_allow_locked(PROT_READ);
    os_mutex_unlock(&page_mutex);
#if defined(__aarch64__)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
#endif
}

void barrier_all(void) {
    int saved = errno;
    if (!expedited || syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0)) barrier_slow();
#ifndef __SANITIZE_THREAD__ /* which knows no fences; the protocol's other operations are ordered enough for it */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
    errno = saved;
}
