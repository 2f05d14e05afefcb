/* Stack traces and the goroutine dump, in the spirit of Go's.
 *
 * A parked goroutine is unwound by libunwind from its saved pc, sp and frame pointer (switch_x86_64.h says why that is
 * enough). Nothing is locked: the dump is for a process that dies or stands still; records stay readable whatever
 * happens (g.h, invariant 4), and a goroutine that runs elsewhere gets its heading only. */
#define UNW_LOCAL_ONLY
#include "runtime/dump.h"
#include "runtime/base/fmt.h"
#include "runtime/proc.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <string.h>
#include <ucontext.h>

enum { MOST_FRAMES = 64, MOST_GOROUTINES = 500, MIN_WAIT_SHOWN_NS = 1000000000 };

static const char *wait_text(unsigned kind) {
    static const char *const names[] = {
        [HOOK_OBJECT_NONE] = "waiting", [HOOK_CHAN] = "chan", [HOOK_MUTEX] = "mutex lock", [HOOK_RWMUTEX] = "rwmutex lock",
        [HOOK_WG] = "wait group wait", [HOOK_COND] = "cond wait", [HOOK_ONCE] = "once", [HOOK_SEM] = "semaphore acquire",
        [HOOK_TIMER] = "timer", [HOOK_CONTEXT] = "context", [HOOK_SELECT] = "select", [HOOK_IO] = "IO wait",
        [HOOK_SLEEP] = "sleep",
    };
    if (kind & PARK_SENDING) return "chan send";
    if (kind & PARK_RECEIVING) return "chan receive";
    kind &= PARK_KIND_MASK;
    return kind < array_length(names) && names[kind] ? names[kind] : "waiting";
}

/* -- names of code ------------------------------------------------------------------------------------------------------- */

static const char *module_name(uintptr_t pc) {
    Dl_info info;
    if (!dladdr((void *)pc, &info) || !info.dli_fname) return "?";
    const char *slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

static bool function_name(uintptr_t pc, char *name, size_t size, size_t *offset) {
    unw_word_t off = 0;
    unw_accessors_t *a = unw_get_accessors(unw_local_addr_space);
    int e = a->get_proc_name(unw_local_addr_space, pc, name, size, &off, NULL);
    *offset = off;
    return e == 0 || e == -UNW_ENOMEM; /* cut */
}

static void print_frame(uintptr_t pc) {
    char name[128];
    size_t offset;
    if (function_name(pc - 1, name, sizeof name, &offset)) fmt_fd(2, "%s\n\t%s +0x%lx\n", name, module_name(pc), offset + 1);
    else fmt_fd(2, "%p\n\t%s\n", (void *)pc, module_name(pc));
}

/* -- unwinding -------------------------------------------------------------------------------------------------------------- */

static void print_stack(unw_cursor_t *cursor, unsigned skip) {
    unw_word_t pc, sp, last_sp = 0;
    for (unsigned n = 0; n < MOST_FRAMES + skip; n++) {
        if (unw_get_reg(cursor, UNW_REG_IP, &pc) || unw_get_reg(cursor, UNW_REG_SP, &sp) || pc == 0) return;
        if (n >= skip) print_frame(pc);
        if (sp < last_sp || unw_step(cursor) <= 0) return;
        last_sp = sp;
    }
    fmt_fd(2, "...more frames\n");
}

static void make_context(unw_context_t *u, const struct context *c) {
    memset(u, 0, sizeof *u);
#if defined(__x86_64__)
    u->uc_mcontext.gregs[REG_RIP] = (greg_t)c->pc;
    u->uc_mcontext.gregs[REG_RSP] = (greg_t)c->sp;
    u->uc_mcontext.gregs[REG_RBP] = (greg_t)c->fp;
#else
    ucontext_t *a = (ucontext_t *)u;
    a->uc_mcontext.pc = (uintptr_t)c->pc;
    a->uc_mcontext.sp = (uintptr_t)c->sp;
    a->uc_mcontext.regs[29] = (uintptr_t)c->fp;
#endif
}

static void print_saved_stack(struct g *g) {
    unw_context_t context;
    unw_cursor_t cursor;
    make_context(&context, &g->context);
    if (unw_init_local2(&cursor, &context, UNW_INIT_SIGNAL_FRAME) == 0) print_stack(&cursor, 0);
}

/* -- goroutines ----------------------------------------------------------------------------------------------------------------- */

static void print_since(struct fmt *f, int64_t since_ns) {
    int64_t ns = clock_now() - since_ns;
    if (since_ns == 0 || ns < MIN_WAIT_SHOWN_NS) return;
    int64_t s = ns / 1000000000;
    if (s >= 120) fmt_print(f, ", %ld minutes", s / 60);
    else fmt_print(f, ", %ld second%s", s, s == 1 ? "" : "s");
}

static void print_heading(struct g *g, bool self) {
    char text[256];
    struct fmt f;
    bool started = g->flags & G_STARTED;
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "\ngoroutine %lu ", g->id);
    if (started && g->name) fmt_print(&f, "\"%s\" ", g->name);
    if (self || g->state == G_RUNNING) {
        fmt_print(&f, "[running");
    } else if (g->state == G_QUEUED) {
        fmt_print(&f, "[runnable");
    } else {
        fmt_print(&f, "[%s", wait_text(g->wait_kind));
        if (g->wait_object) fmt_print(&f, " %p", g->wait_object);
        print_since(&f, g->wait_since);
    }
    fmt_fd(2, "%s%s]:\n", text, (g->flags & G_LOCKED) ? ", locked to thread" : "");
}

static void print_creation(const struct g *g) {
    char name[128];
    size_t offset;
    if (g->flags & G_FOREIGN) fmt_fd(2, "a thread of the program's own\n");
    if (!g->created_pc) return;
    bool known = function_name(g->created_pc - 1, name, sizeof name, &offset);
    fmt_fd(2, "created by %s in goroutine %lu\n\t%s +0x%lx\n", known ? name : "?", g->parent_id,
           module_name(g->created_pc), known ? offset + 1 : g->created_pc);
}

void dump_goroutine(struct g *g) {
    print_heading(g, false);
    if (g->state == G_RUNNING) {
        fmt_fd(2, "\tgoroutine running on another thread; stack unavailable\n");
    } else if (!(g->flags & G_STARTED)) {
        print_frame(g->entry + 1);
    } else if (g->flags & G_LOCKED) {
        fmt_fd(2, "\tgoroutine waits on its own thread; stack unavailable\n");
    } else {
        print_saved_stack(g);
    }
    print_creation(g);
}

void dump_self(const void *ucontext) {
    unw_context_t context;
    unw_cursor_t cursor;
    struct g *g = m_self->g;
    if (g) print_heading(g, true);
    int e = ucontext ? unw_init_local2(&cursor, (unw_context_t *)ucontext, UNW_INIT_SIGNAL_FRAME)
                     : (unw_getcontext(&context), unw_init_local(&cursor, &context));
    if (e == 0) print_stack(&cursor, ucontext ? 0 : 2); /* without ourselves and who panics */
    if (g) print_creation(g);
}

struct walk {
    const struct g *except;
    unsigned printed, left_out;
};

static void visit(struct g *g, void *arg) {
    struct walk *w = arg;
    if (g == w->except || g->state == G_FREE) return;
    if (w->printed++ < MOST_GOROUTINES) dump_goroutine(g);
    else w->left_out++;
}

void dump_others(const struct g *except) {
    struct walk w = {.except = except};
    records_walk(visit, &w);
    if (w.left_out) fmt_fd(2, "\n... and %u more goroutines\n", w.left_out);
}
