/* What memory was before a schedule, and what of it schedules have written (keep.h).
 *
 * Saved is all that may be written: of a mapping without a file the pages that are there, of a private one of a file all. What is
 * written comes out of the kernel's page map: pages that this process alone has, as those that it shares with the server
 * are as the server left them. Once written they stay so: a schedule that has met no fault has written no others, and there is
 * nothing to look for.
 *
 * Always true
 *  1. `saved` is in the order of addresses; what is in `written` and has no copy was empty.
 *
 * Not done: soft-dirty bits and write-protection by userfaultfd: kernels are built without the one, sandboxes forbid the
 * other. */
#include "instrument/keep_inside.h"
#include "runtime/base/base.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { SAVED_MAX = 64 << 20 };
#define ADDRESS_END ((uintptr_t)0x7ffffffff000)

/* -- the kernel's page map ---------------------------------------------------------------------------------------- */

/* struct pm_scan_arg of linux/fs.h (6.7), which is not everywhere. */
struct scan {
    uint64_t size, flags, start, end, walked_to, list, list_length, pages_max;
    uint64_t inverted, mask, any, told;
};
#define SCAN_REQUEST 0xc0606610 /* _IOWR('f', 16, struct pm_scan_arg) */
_Static_assert(sizeof(struct scan) == 96, "the request names the size");
enum { SCAN_FILE = 4, SCAN_PRESENT = 8, SCAN_SWAPPED = 16, SCAN_ZERO = 32 };

#define ENTRY_SWAPPED (UINT64_C(1) << 62)
#define ENTRY_GUARD (UINT64_C(1) << 58) /* Linux 6.15 */
#define ENTRY_FILE (UINT64_C(1) << 61)
#define ENTRY_EXCLUSIVE (UINT64_C(1) << 56)

/* The regions from `low` on that hold memory of ours, not of a file: how many; *low: how far it has looked. */
static long find_regions(struct keep_memory *m, uintptr_t *low, uintptr_t high) {
    struct scan s = {.size = sizeof s,
                     .start = *low,
                     .end = high,
                     .list = (uintptr_t)m->regions,
                     .list_length = KEEP_REGIONS,
                     .inverted = SCAN_FILE | SCAN_ZERO,
                     .mask = SCAN_FILE | SCAN_ZERO,
                     .any = SCAN_PRESENT | SCAN_SWAPPED,
                     .told = SCAN_PRESENT | SCAN_SWAPPED};
    long n = keep_call(SYS_ioctl, (uintptr_t)m->pagemap, SCAN_REQUEST, (uintptr_t)&s, 0, 0, 0);
    *low = s.walked_to;
    return n;
}

static long read_entries(struct keep_memory *m, uintptr_t at, size_t pages) {
    return keep_call(SYS_pread64, (uintptr_t)m->pagemap, (uintptr_t)m->entries, pages * sizeof *m->entries,
                     at / KEEP_PAGE * sizeof *m->entries, 0, 0);
}

/* Of a page that the kernel says is swapped out: is it, and so comes back? Older ones say so of guards. */
static bool is_memory(uintptr_t page) {
    enum { POPULATE_READ = 22 }; /* MADV_POPULATE_READ of Linux 5.14's headers */
    return keep_call(SYS_madvise, page, KEEP_PAGE, POPULATE_READ, 0, 0, 0) == 0;
}

static bool is_written(uint64_t entry, uintptr_t page) {
    if (entry & ENTRY_FILE) return false;
    return entry & ENTRY_EXCLUSIVE || (entry & ENTRY_SWAPPED && !(entry & ENTRY_GUARD) && is_memory(page));
}

/* -- runs of pages ------------------------------------------------------------------------------------------------ */

static bool is_within(uintptr_t at, const struct keep_span *spans, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (at >= spans[i].low && at < spans[i].high) return true;
    return false;
}

static bool is_ours(const struct keep_memory *m, uintptr_t at) {
    return is_within(at, m->own, array_length(m->own)) || at - (uintptr_t)m->copies < m->copied_bytes;
}

static bool add_run(struct keep_run *list, size_t *count, struct keep_run r) {
    struct keep_run *last = *count ? &list[*count - 1] : NULL;
    bool follows = last && last->at + last->bytes == r.at && !last->from == !r.from &&
                   (!r.from || last->from + last->bytes == r.from);
    if (follows) last->bytes += r.bytes;
    else if (*count == KEEP_RUNS) return false;
    else list[(*count)++] = r;
    return true;
}

static const char *copy_of(const struct keep_memory *m, uintptr_t page) {
    size_t low = 0, high = m->saved_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->saved[middle].at + m->saved[middle].bytes <= page) low = middle + 1;
        else high = middle;
    }
    return low < m->saved_count && page >= m->saved[low].at ? m->saved[low].from + (page - m->saved[low].at) : NULL;
}

/* -- saving --------------------------------------------------------------------------------------------------------- */

struct mapping {
    uintptr_t low, high;
    bool writable, shared, file, device;
};

static const char *read_hex(const char *p, uintptr_t *value) {
    for (*value = 0;; p++) {
        unsigned digit = *p >= '0' && *p <= '9'   ? (unsigned)(*p - '0')
                         : *p >= 'a' && *p <= 'f' ? (unsigned)(*p - 'a') + 10
                                                  : 16;
        if (digit > 15) return p;
        *value = *value << 4 | digit;
    }
}

static const char *skip_word(const char *p) {
    while (*p && *p != ' ' && *p != '\n') p++;
    while (*p == ' ') p++;
    return p;
}

/* low-high rwxp offset device inode path */
static const char *read_mapping(const char *p, struct mapping *x) {
    p = read_hex(p, &x->low);
    p = read_hex(p + (*p == '-'), &x->high);
    p += *p == ' ';
    x->writable = p[0] == 'r' && p[1] == 'w';
    x->shared = p[3] == 's';
    p = skip_word(skip_word(skip_word(p)));
    x->file = *p != '0';
    p = skip_word(p);
    x->device = !memcmp(p, "/dev/", 5);
    while (*p && *p != '\n') p++;
    return p + (*p == '\n');
}

static bool read_mappings(struct keep_memory *m) {
    long fd = keep_call(SYS_openat, (uintptr_t)AT_FDCWD, (uintptr_t) "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0, 0, 0),
         n = 1;
    size_t length = 0;
    if (fd < 0) return false;
    while (n > 0 && length < KEEP_TEXT - 16) {
        n = keep_call(SYS_read, (uintptr_t)fd, (uintptr_t)m->text + length, KEEP_TEXT - 16 - length, 0, 0, 0);
        if (n > 0) length += (size_t)n;
    }
    keep_call(SYS_close, (uintptr_t)fd, 0, 0, 0, 0, 0);
    memset(m->text + length, 0, 16); /* read_mapping looks a little ahead */
    return n == 0;
}

/* Their copies are named by where they will be, from 0 on. */
static bool plan(struct keep_memory *m, uintptr_t at, size_t bytes) {
    if (m->copied_bytes + bytes > SAVED_MAX) return false;
    struct keep_run r = {at, bytes, m->copies + m->copied_bytes};
    m->copied_bytes += bytes;
    return add_run(m->saved, &m->saved_count, r);
}

static bool plan_region(struct keep_memory *m, const struct keep_region *r) {
    if (r->kind & SCAN_PRESENT) return plan(m, r->low, r->high - r->low);
    for (uintptr_t page = r->low; page < r->high; page += KEEP_PAGE)
        if (is_memory(page) && !plan(m, page, KEEP_PAGE)) return false;
    return true;
}

static bool plan_mapping(struct keep_memory *m, const struct mapping *x) {
    uintptr_t at = x->low;
    if (x->file) return plan(m, x->low, x->high - x->low);
    while (at < x->high) {
        long n = find_regions(m, &at, x->high);
        if (n < 0) return false;
        for (long i = 0; i < n; i++)
            if (!plan_region(m, &m->regions[i])) return false;
    }
    return true;
}

static bool plan_all(struct keep_memory *m) {
    m->saved_count = m->copied_bytes = 0;
    for (const char *p = m->text; *p;) {
        struct mapping x;
        p = read_mapping(p, &x);
        if (!x.writable || is_within(x.low, m->own, array_length(m->own))) continue;
        if (x.shared || x.device || !plan_mapping(m, &x)) return false;
    }
    return true;
}

static void copy_bytes(void *to, const void *from, size_t n) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}

/* The kernel says on which processor the thread is; what it says must not be taken back. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned __rseq_size __attribute__((weak));
static void find_skipped(struct keep_memory *m) {
    enum { FIRST_SIZE = 32 };
    uintptr_t self;
    m->skipped = m->skipped_end = 0;
    if (!&__rseq_size || !__rseq_size) return;
    __asm__("mov %%fs:0, %0" : "=r"(self));
    m->skipped = self + (uintptr_t)__rseq_offset;
    m->skipped_end = m->skipped + (__rseq_size < FIRST_SIZE ? FIRST_SIZE : __rseq_size);
}

static uint64_t count_faults(void) {
    struct rusage u = {0};
    keep_call(SYS_getrusage, RUSAGE_SELF, (uintptr_t)&u, 0, 0, 0, 0);
    return (uint64_t)u.ru_minflt + (uint64_t)u.ru_majflt;
}

bool keep_memory_save(struct keep_memory *m) {
    enum { HIGH = 900 };
    m->copies = NULL;
    find_skipped(m);
    long fd =
        keep_call(SYS_openat, (uintptr_t)AT_FDCWD, (uintptr_t) "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0, 0, 0);
    if (fd < 0) return false;
    m->pagemap = (int)keep_call(SYS_fcntl, (uintptr_t)fd, F_DUPFD_CLOEXEC, HIGH, 0, 0, 0);
    keep_call(SYS_close, (uintptr_t)fd, 0, 0, 0, 0, 0);
    if (m->pagemap < 0 || !read_mappings(m) || !plan_all(m)) return false;
    long p = keep_call(SYS_mmap, 0, m->copied_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                       (uintptr_t)-1, 0);
    if (p < 0 && p > -KEEP_PAGE) return false;
    m->copies = (char *)p; /* NOLINT: an address, as the kernel gives it */
    for (size_t i = 0; i < m->saved_count; i++) {
        m->saved[i].from = m->copies + (uintptr_t)m->saved[i].from;
        copy_bytes((char *)m->saved[i].from, (const void *)m->saved[i].at, m->saved[i].bytes); /* NOLINT */
    }
    return true;
}

void keep_memory_close(struct keep_memory *m) {
    if (m->pagemap >= 0) keep_call(SYS_close, (uintptr_t)m->pagemap, 0, 0, 0, 0, 0);
    if (m->copies) keep_call(SYS_munmap, (uintptr_t)m->copies, m->copied_bytes, 0, 0, 0, 0);
}

/* -- looking, and putting back ----------------------------------------------------------------------------------------- */

static bool add_written(struct keep_memory *m, uintptr_t low, uintptr_t high) {
    while (low < high) {
        size_t pages = (high - low) / KEEP_PAGE < KEEP_REGIONS ? (high - low) / KEEP_PAGE : KEEP_REGIONS;
        if (read_entries(m, low, pages) != (long)(pages * sizeof *m->entries)) return false;
        for (size_t i = 0; i < pages; i++, low += KEEP_PAGE) {
            if (!is_written(m->entries[i], low) || is_ours(m, low)) continue;
            if (!add_run(m->written, &m->written_count, (struct keep_run){low, KEEP_PAGE, copy_of(m, low)}))
                return false;
        }
    }
    return true;
}

/* The page map is asked for several regions at once where they lie near each other: a page that is not there takes as long as one
 * that is, and a system call as long as some of them. */
static bool add_regions(struct keep_memory *m, size_t n) {
    enum { GAP = 16 * KEEP_PAGE };
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && m->regions[next].low - m->regions[next - 1].high <= GAP;) next++;
        if (!add_written(m, m->regions[i].low, m->regions[next - 1].high)) return false;
    }
    return true;
}

bool keep_memory_look(struct keep_memory *m) {
    uint64_t faults = count_faults();
    if (m->looked && faults == m->faults) return true;
    m->written_count = 0;
    for (uintptr_t at = KEEP_PAGE; at < ADDRESS_END;) {
        long n = find_regions(m, &at, ADDRESS_END);
        if (n < 0 || !add_regions(m, (size_t)n)) return false;
    }
    m->looked = true;
    m->faults = count_faults();
    return true;
}

static void put_back(uintptr_t to, const char *from, size_t n) {
    static const char nothing[KEEP_PAGE];
    if (from) {
        copy_bytes((void *)to, from, n); /* NOLINT: an address, as the page map gives it */
        return;
    }
    for (; n; n -= n < KEEP_PAGE ? n : KEEP_PAGE, to += KEEP_PAGE)
        copy_bytes((void *)to, nothing, n < KEEP_PAGE ? n : KEEP_PAGE); /* NOLINT */
}

void keep_memory_restore(const struct keep_memory *m) {
    for (size_t i = 0; i < m->written_count; i++) {
        struct keep_run r = m->written[i];
        uintptr_t end = r.at + r.bytes;
        if (m->skipped_end <= r.at || m->skipped >= end) {
            put_back(r.at, r.from, r.bytes);
            continue;
        }
        if (m->skipped > r.at) put_back(r.at, r.from, m->skipped - r.at);
        if (m->skipped_end < end)
            put_back(m->skipped_end, r.from ? r.from + (m->skipped_end - r.at) : NULL, end - m->skipped_end);
    }
}
