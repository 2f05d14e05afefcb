/* Goroutine stacks: slabs, guards, the pool and the caches of the P's.
 *
 * Always true:
 *  1. Every stack is in one place: a P's cache, the pool, or with one goroutine.
 *  2. Slabs are never unmapped; memory goes back by MADV_DONTNEED, which keeps guards in force.
 *  3. Stacks in pool.clean hold no memory; those in pool.used may.
 *
 * Threads: the pool and the slabs are guarded by pool.mutex; a P's cache by owning the P.
 *
 * Guards: MADV_GUARD_INSTALL (Linux 6.13+) marks page-table entries and splits no mapping, so a million stacks are
 * one mapping. Many are installed by one process_madvise where that is allowed. Elsewhere mprotect makes two mappings
 * per stack; past half of vm.max_map_count further stacks have a red zone only: whoever ran over is found out, too late
 * to save the neighbour but in words, when the goroutine ends.
 *
 * Not done: one mmap per stack (2.6 us each here and two mappings, the limit is reached at 32,000 stacks);
 * transparent huge pages under stacks (2 MiB for the first touch of each 8 stacks); having the kernel fill the tops of
 * the stacks that are cut next (MADV_POPULATE_WRITE by the same process_madvise, 64 at a time): of the 2.97 us of CPU time
 * for a guard and a first touch it saves 0.18, the rest being the kernel's work on a page, which is as long without a
 * fault; with a stride of 32 KiB, so with an eighth of the page tables, the touch takes 2.1 us in place of 2.3. */
#include "runtime/stack.h"
#include "runtime/sched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
#ifdef GORO_RACE
    DEFAULT_STACK = 512 * 1024, /* frames are 1.3 (gcc -O0) to 1.5 times (clang -O0) as large */
#else
    DEFAULT_STACK = 256 * 1024,
#endif
    MIN_STACK = 16 * 1024,
    FIRST_SLAB = 64, /* stacks */
    LARGEST_SLAB = 4096,
    CARVED_AT_ONCE = 64, /* guards installed by one system call */
    COLOURS = 16,
};

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef PIDFD_SELF_THREAD_GROUP
#define PIDFD_SELF_THREAD_GROUP (-10001)
#endif

enum guard_kind { GUARD_NONE, GUARD_MPROTECT, GUARD_INSTALL };

size_t stack_bytes = DEFAULT_STACK, stack_guard_bytes = 4096;

struct slab {
    struct slab *next;
    char *low;
    size_t stacks, carved;
    struct stack *records;
};

static struct {
    struct os_mutex mutex;
    struct stack *used, *clean;
    size_t used_count, used_least; /* in `used` now; the fewest since the last interval began */
    struct slab *slabs;
    enum guard_kind guard;
    bool batched; /* process_madvise works */
    size_t mprotects_left;
} pool;

static size_t parse_size(const char *text) {
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    if (*end == 'k' || *end == 'K') n <<= 10, end++;
    else if (*end == 'm' || *end == 'M') n <<= 20, end++;
    if (end == text || *end || n < MIN_STACK || n > (1ull << 32))
        environment_error("GORO_STACK", "wants a size from 16K to 4096M", 0);
    return (size_t)n;
}

static size_t max_map_count(void) {
    char text[32] = "";
    int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t n = read(fd, text, sizeof text - 1);
        if (n < 0) text[0] = 0;
        close(fd);
    }
    size_t count = strtoul(text, NULL, 10);
    return count ? count : 65530;
}

static void use_mprotect(void) {
    pool.guard = GUARD_MPROTECT;
    pool.mprotects_left = max_map_count() / 4; /* each makes two mappings */
}

static void probe_guards(void) {
    size_t page = stack_guard_bytes;
    char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) environment_error("mmap", "no memory to start the runtime", errno);
    const char *wanted = getenv("GORO_GUARD"); /* for tests: "mprotect", "none" */
    if (wanted && *wanted == 'n') {
        pool.guard = GUARD_NONE;
    } else if ((!wanted || *wanted != 'm') && madvise(p, page, MADV_GUARD_INSTALL) == 0) {
        struct iovec v = {p, page};
        pool.guard = GUARD_INSTALL;
        pool.batched =
            syscall(SYS_process_madvise, PIDFD_SELF_THREAD_GROUP, &v, 1, MADV_GUARD_INSTALL, 0) == (long)page;
    } else {
        use_mprotect();
    }
    munmap(p, page);
}

void stacks_init(void) {
    stack_guard_bytes = (size_t)sysconf(_SC_PAGESIZE);
    const char *text = getenv("GORO_STACK");
    if (text && *text) stack_bytes = parse_size(text);
    stack_bytes = (stack_bytes + stack_guard_bytes - 1) & ~(stack_guard_bytes - 1);
    probe_guards();
}

const char *stack_guard_kind(void) {
    static const char *const names[] = {"none", "mprotect", "guard install"};
    return names[pool.guard];
}

/* -- slabs: under pool.mutex ------------------------------------------------------------------------------ */

/* What worked at the start need not go on to: memory may be short, or locked by mlockall, and locked memory takes no guards.
 * Then the next kind has its turn. */
static void guard_stack(struct stack *s) {
    s->guarded = false;
    if (pool.guard == GUARD_INSTALL) {
        s->guarded = madvise((void *)stack_guard(s), stack_guard_bytes, MADV_GUARD_INSTALL) == 0;
        if (s->guarded) return;
        use_mprotect();
    }
    if (pool.guard == GUARD_MPROTECT && pool.mprotects_left > 0) {
        pool.mprotects_left--;
        s->guarded = mprotect((void *)stack_guard(s), stack_guard_bytes, PROT_NONE) == 0;
        if (!s->guarded) pool.mprotects_left = 0;
    }
}

static void guard_stacks(struct stack *s, size_t n) {
    struct iovec v[CARVED_AT_ONCE];
    for (size_t i = 0; i < n; i++) s[i].guarded = pool.guard == GUARD_INSTALL;
    if (pool.guard == GUARD_INSTALL && pool.batched) {
        for (size_t i = 0; i < n; i++) v[i] = (struct iovec){(void *)stack_guard(&s[i]), stack_guard_bytes};
        if (syscall(SYS_process_madvise, PIDFD_SELF_THREAD_GROUP, v, n, MADV_GUARD_INSTALL, 0) ==
            (long)(n * stack_guard_bytes))
            return;
    }
    for (size_t i = 0; i < n; i++) guard_stack(&s[i]);
}

static void *map_or_null(size_t n) {
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void add_slab(void) {
    size_t n = pool.slabs ? pool.slabs->stacks * 2 : FIRST_SLAB;
    if (n > LARGEST_SLAB) n = LARGEST_SLAB;
    char *low;
    while (!(low = map_or_null(n * stack_bytes)) && n > 1) n /= 2; /* little room is better than none */
    if (!low) environment_error("mmap", "no address space for goroutine stacks (ulimit -v, GORO_STACK)", errno);
    struct slab *slab = map_or_null(sizeof *slab + n * sizeof(struct stack));
    if (!slab) environment_error("mmap", "no memory for stack records", errno);
    *slab = (struct slab){.next = pool.slabs, .low = low, .stacks = n, .records = (struct stack *)(slab + 1)};
    madvise(slab->low, n * stack_bytes, MADV_NOHUGEPAGE);  /* a hint: without THP in the kernel it fails, rightly */
    __atomic_store_n(&pool.slabs, slab, __ATOMIC_RELEASE); /* pairs with stack_guard_hit */
}

/* Cuts the next few stacks from the newest slab into the pool. */
static void carve_stacks(void) {
    struct slab *slab = pool.slabs;
    if (!slab || slab->carved == slab->stacks) {
        add_slab();
        slab = pool.slabs;
    }
    size_t n = slab->stacks - slab->carved;
    if (n > CARVED_AT_ONCE) n = CARVED_AT_ONCE;
    struct stack *first = &slab->records[slab->carved];
    for (size_t i = 0; i < n; i++) {
        size_t index = slab->carved + i;
        uint32_t colour = (uint32_t)(index % COLOURS * CACHE_LINE);
        first[i] = (struct stack){.top = (uintptr_t)slab->low + (index + 1) * stack_bytes - colour,
                                  .colour = colour,
                                  .next = i + 1 < n ? &first[i + 1] : pool.clean};
        goro_assert(first[i].top % 16 == 0);
    }
    guard_stacks(first, n);
    slab->carved += n;
    pool.clean = first;
}

bool stack_guard_hit(uintptr_t address) {
    for (struct slab *s = __atomic_load_n(&pool.slabs, __ATOMIC_ACQUIRE); s; s = s->next) {
        uintptr_t offset = address - (uintptr_t)s->low;
        if (offset < s->stacks * stack_bytes) return offset % stack_bytes < stack_guard_bytes;
    }
    return false;
}

/* -- the pool and the caches ------------------------------------------------------------------------------- */

void stack_cache_refill(struct stack_cache *c) {
    enum { BATCH = STACK_CACHE_LIMIT / 4 };
    os_mutex_lock(&pool.mutex);
    if (!pool.used && !pool.clean) carve_stacks();
    for (unsigned i = 0; i < BATCH && (pool.used || pool.clean); i++) {
        struct stack **from = pool.used ? &pool.used : &pool.clean, *s = *from;
        *from = s->next;
        if (from == &pool.used && --pool.used_count < pool.used_least) pool.used_least = pool.used_count;
        s->next = c->first;
        c->first = s;
        c->count++;
    }
    os_mutex_unlock(&pool.mutex);
}

/* Hands a list of stacks to the pool. */
static void give_to_pool(struct stack **list, struct stack *first) {
    struct stack *last = first;
    size_t n = 1;
    while (last->next) last = last->next, n++;
    os_mutex_lock(&pool.mutex);
    last->next = *list;
    *list = first;
    if (list == &pool.used) pool.used_count += n;
    os_mutex_unlock(&pool.mutex);
}

/* The half that was put first goes to the pool, so the stack its caller stands on stays. */
void stack_cache_drain(struct stack_cache *c) {
    struct stack *kept = c->first;
    for (unsigned i = 1; i < STACK_CACHE_LIMIT / 2; i++) kept = kept->next;
    struct stack *rest = kept->next;
    kept->next = NULL;
    c->count = STACK_CACHE_LIMIT / 2;
    give_to_pool(&pool.used, rest);
}

/* The red zone's upper end, which nobody writes but by running over. */
void stack_check_red_zone(const struct stack *s) {
    const uint64_t *words = (const uint64_t *)stack_low(s);
    for (int i = 1; i <= 64; i++)
        if (words[-i])
            fatal_raise(HOOK_PANIC, s, 0, "stack overflow (over the %lu-byte limit, found at the end)", stack_bytes);
}

void stacks_flush(struct stack_cache *c) {
    if (!c->first) return;
    give_to_pool(&pool.used, c->first);
    *c = (struct stack_cache){NULL, 0};
}

/* Takes some used stacks out of the pool, empties them without the mutex, and puts them back as clean ones. */
bool stacks_trim(bool new_interval) {
    enum { BATCH = 256 };
    os_mutex_lock(&pool.mutex);
    size_t n = pool.used_least < BATCH ? pool.used_least : BATCH;
    struct stack *taken = n ? pool.used : NULL, *last = taken;
    for (size_t i = 1; i < n; i++) last = last->next;
    if (taken) {
        pool.used = last->next;
        last->next = NULL;
        pool.used_count -= n;
        pool.used_least -= n;
    }
    if (new_interval) pool.used_least = pool.used_count;
    os_mutex_unlock(&pool.mutex);
    for (struct stack *s = taken; s; s = s->next)
        madvise((void *)stack_low(s), stack_bytes - stack_guard_bytes, MADV_DONTNEED);
    if (taken) give_to_pool(&pool.clean, taken);
    return taken != NULL;
}
