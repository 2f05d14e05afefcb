/* Reads the dynamic linker's list.
 *
 * Always true
 *  1. An entry of the table is a module that was loaded at the last look. The table never moves.
 *  2. front_code is the main program's code without goro's own, once any of it has said it is instrumented.
 *
 * Threads: modules_changes is serialised by wire_out; the ranges are written under a lock and read without.
 *
 * goro's own code in the program must not count as instrumented: the runtime copies values for the user and tells the
 * engine itself. It is one block of .text (first.c and last.c are its ends), behind all of the user's files; what is
 * linked behind it is the C library, in a static program. */
#include "instrument/modules.h"
#include "instrument/imports.h"
#include "runtime/base/base.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

enum { MODULES_MAX = 512 };
static struct module table[MODULES_MAX];
static bool seen[MODULES_MAX];
static unsigned count;
static unsigned long long last_adds, last_subs;

/* -- what one entry of the list says ----------------------------------------------------------------------------------- */

/* The program has no name in the list; a library loaded by a relative path has that, but the reporter may be elsewhere. */
static void copy_path(char *out, const char *path) {
    size_t n = 0;
    if (!path || !*path) {
        ssize_t got = readlink("/proc/self/exe", out, MODULE_PATH_MAX - 1);
        out[got > 0 ? got : 0] = 0;
        return;
    }
    if (path[0] != '/' && strchr(path, '/') && getcwd(out, MODULE_PATH_MAX - 1)) {
        n = strlen(out);
        out[n++] = '/';
    }
    while (*path && n < MODULE_PATH_MAX - 1) out[n++] = *path++;
    out[n] = 0;
}

static void read_build_id(struct module *m, uintptr_t at, size_t n) {
    const char *p = (const char *)at, *end = p + n;
    while (p + sizeof(ElfW(Nhdr)) <= end) {
        const ElfW(Nhdr) *note = (const void *)p;
        const char *name = p + sizeof *note, *text = name + ((note->n_namesz + 3) & ~3u);
        if (text + note->n_descsz > end) return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(name, "GNU", 4)) {
            m->build_id_length = note->n_descsz < MODULE_BUILD_ID_MAX ? note->n_descsz : MODULE_BUILD_ID_MAX;
            for (uint32_t i = 0; i < m->build_id_length; i++) m->build_id[i] = (uint8_t)text[i];
            return;
        }
        p = text + ((note->n_descsz + 3) & ~3u);
    }
}

static void describe(struct module *m, const struct dl_phdr_info *info) {
    *m = (struct module){.bias = info->dlpi_addr, .low = UINTPTR_MAX, .code_low = UINTPTR_MAX};
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + p->p_vaddr, high = low + p->p_memsz;
        if (p->p_type == PT_NOTE && !m->build_id_length) read_build_id(m, low, p->p_memsz);
        if (p->p_type != PT_LOAD) continue;
        if (low < m->low) m->low = low;
        if (high > m->high) m->high = high;
        if (!(p->p_flags & PF_X)) continue;
        if (low < m->code_low) m->code_low = low;
        if (high > m->code_high) m->code_high = high;
    }
}

/* -- changes since the last look ---------------------------------------------------------------------------------------- */

struct look {
    void (*visit)(const struct module *, bool, void *);
    void *arg;
    bool all, changed;
};

static int compare_counters(struct dl_phdr_info *info, size_t size, void *arg) {
    struct look *look = arg;
    (void)size;
    look->changed = look->all || info->dlpi_adds != last_adds || info->dlpi_subs != last_subs;
    last_adds = info->dlpi_adds;
    last_subs = info->dlpi_subs;
    return 1;
}

static int visit_module(struct dl_phdr_info *info, size_t size, void *arg) {
    struct look *look = arg;
    struct module m;
    (void)size;
    if (!info->dlpi_phnum) return 0;
    describe(&m, info);
    if (m.low >= m.high) return 0;
    for (unsigned i = 0; i < count; i++)
        if (table[i].low == m.low && table[i].high == m.high && table[i].build_id_length == m.build_id_length &&
            !memcmp(table[i].build_id, m.build_id, sizeof m.build_id)) {
            seen[i] = true;
            if (look->all) look->visit(&table[i], false, look->arg);
            return 0;
        }
    if (count == MODULES_MAX) return 0;
    copy_path(m.path, info->dlpi_name);
    seen[count] = true;
    table[count++] = m;
    look->visit(&m, false, look->arg);
    return 0;
}

void modules_changes(bool all, void (*visit)(const struct module *m, bool gone, void *arg), void *arg) {
    struct look look = {.visit = visit, .arg = arg, .all = all};
    dl_iterate_phdr(compare_counters, &look);
    if (!look.changed) return;
    for (unsigned i = 0; i < count; i++) seen[i] = false;
    dl_iterate_phdr(visit_module, &look);
    for (unsigned i = count; i-- > 0;)
        if (!seen[i]) {
            visit(&table[i], true, arg);
            count--;
            table[i] = table[count];
            seen[i] = seen[count];
        }
}

/* -- instrumented code ---------------------------------------------------------------------------------------------------- */

void front_first(void);
void front_last(void);

struct code_range front_code;
enum { RANGES_MAX = 256 };
static struct code_range ranges[RANGES_MAX];
static unsigned range_count; /* release when one is added, acquire by readers */
static char ranges_lock;     /* acquire-release, between those that add */

static bool in_ranges(uintptr_t pc) {
    for (unsigned i = 0, n = __atomic_load_n(&range_count, __ATOMIC_ACQUIRE); i < n; i++)
        if (pc - ranges[i].low < ranges[i].high - ranges[i].low) return true;
    return false;
}

bool front_is_own(uintptr_t pc) { return pc - (uintptr_t)front_first < (uintptr_t)front_last - (uintptr_t)front_first; }

bool front_is_instrumented_slow(uintptr_t pc) { return in_ranges(pc); }

bool front_has_instrumented(uintptr_t low, uintptr_t high) {
    for (unsigned i = 0, n = __atomic_load_n(&range_count, __ATOMIC_ACQUIRE); i < n; i++)
        if (ranges[i].low < high && low < ranges[i].high) return true;
    return false;
}

/* Has it code that could call __tsan_init? */
static bool may_be_instrumented(const struct module *m, const struct dl_phdr_info *info) {
    return (uintptr_t)front_first - m->low < m->high - m->low || imports_name(info, "__tsan_init");
}

static void add_range(struct module m) {
    uintptr_t own = (uintptr_t)front_first;
    if (own - m.low < m.high - m.low) { /* the program itself, with goro inside */
        m.code_high = own;
        front_code.low = m.code_low;
        __atomic_store_n(&front_code.high, own, __ATOMIC_RELEASE); /* a reader sees an empty range until then */
    }
    if (range_count < RANGES_MAX) {
        ranges[range_count] = (struct code_range){m.code_low, m.code_high};
        __atomic_store_n(&range_count, range_count + 1, __ATOMIC_RELEASE); /* pairs with in_ranges() */
    }
}

struct caller {
    uintptr_t pc;
    bool found;
};

static int add_caller(struct dl_phdr_info *info, size_t size, void *arg) {
    struct caller *c = arg;
    struct module m;
    (void)size;
    describe(&m, info);
    if (c->pc - m.low >= m.high - m.low) return 0;
    if ((c->found = may_be_instrumented(&m, info))) add_range(m);
    return 1;
}

static int add_any(struct dl_phdr_info *info, size_t size, void *unused) {
    struct module m;
    (void)size, (void)unused;
    describe(&m, info);
    if (may_be_instrumented(&m, info) && !front_has_instrumented(m.low, m.high)) add_range(m);
    return 0;
}

/* The constructor's call may be its last instruction, a jump (clang with -flto): then pc is in whoever called the constructor, and
 * it was one of those that could. */
static void add_instrumented(uintptr_t pc) {
    struct caller c = {.pc = pc};
    dl_iterate_phdr(add_caller, &c);
    if (!c.found) dl_iterate_phdr(add_any, NULL);
}

void front_instrumented_module(uintptr_t pc) {
    if (front_is_instrumented(pc)) return;
    while (__atomic_test_and_set(&ranges_lock, __ATOMIC_ACQUIRE)) continue;
    if (!in_ranges(pc)) add_instrumented(pc);
    __atomic_clear(&ranges_lock, __ATOMIC_RELEASE);
}
