/* Stack traces and the goroutine dump, in the spirit of Go's.
 *
 * A parked goroutine is unwound by libunwind from its saved pc, sp and frame pointer (switch_x86_64.h says why that is
 * enough). Nothing is locked: the dump is for a process that dies or stands still; records stay readable whatever
 * happens (g.h, invariant 4), and a goroutine that runs elsewhere gets its heading only. */
#define UNW_LOCAL_ONLY
#include "runtime/dump.h"
#include "runtime/base/fmt.h"
#include "runtime/pace.h"
#include "runtime/proc.h"
#include "runtime/symbol.h"
#include "runtime/waiter.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <setjmp.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

enum { MOST_FRAMES = 64, MOST_GOROUTINES = 500, MOST_WAITERS = 1000 };

static const char *wait_text(unsigned kind) {
    static const char *const names[] = {
        [HOOK_OBJECT_NONE] = "waiting", [HOOK_CHAN] = "chan",
        [HOOK_MUTEX] = "mutex lock",    [HOOK_RWMUTEX] = "rwmutex lock",
        [HOOK_WG] = "wait group wait",  [HOOK_COND] = "cond wait",
        [HOOK_ONCE] = "once",           [HOOK_SEM] = "semaphore acquire",
        [HOOK_TIMER] = "timer",         [HOOK_CONTEXT] = "context",
        [HOOK_SELECT] = "select",       [HOOK_IO] = "IO wait",
        [HOOK_SLEEP] = "sleep",
    };
    if (kind == (HOOK_CHAN | PARK_SENDING)) return "chan send";
    if (kind == (HOOK_CHAN | PARK_RECEIVING)) return "chan receive";
    kind &= PARK_KIND_MASK;
    return kind < array_length(names) && names[kind] ? names[kind] : "waiting";
}

/* -- names of code ------------------------------------------------------------------------------------------------------- */

static bool is_code(uintptr_t pc) {
    Dl_info info;
    return dladdr((void *)pc, &info) != 0;
}

static const char *module_name(uintptr_t pc) {
    Dl_info info;
    if (!dladdr((void *)pc, &info) || !info.dli_fname) return "?";
    const char *slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

/* A return address may lie behind the end of the function that has called: `back` is 1 for one. */
static void print_frame(uintptr_t pc, unsigned back) {
    char name[128];
    size_t offset;
    if (symbol_name(pc - back, name, sizeof name, &offset))
        fmt_fd(2, "%s\n\t%s +0x%lx\n", name, module_name(pc - back), offset + back);
    else fmt_fd(2, "%p\n\t%s\n", (void *)pc, module_name(pc));
}

/* -- unwinding -------------------------------------------------------------------------------------------------------------- */

/* Of who dies, for the watcher; without a word if nobody here knows of goroutines. */
static struct {
    bool silent;
    size_t n;
    uintptr_t frames[MOST_FRAMES];
} own;

static void print_frames(unw_cursor_t *cursor, unsigned skip, bool interrupted, bool is_own) {
    unw_word_t pc, sp, last_sp = 0;
    for (unsigned n = 0; n < MOST_FRAMES + skip; n++) {
        if (unw_get_reg(cursor, UNW_REG_IP, &pc) || unw_get_reg(cursor, UNW_REG_SP, &sp) || pc == 0) return;
        bool called = n > 0 || !interrupted;
        if (n >= skip && !own.silent) print_frame(pc, called);
        if (n >= skip && is_own) own.frames[own.n++] = pc + !called;
        if (sp < last_sp || unw_step(cursor) <= 0) return;
        last_sp = sp;
    }
    if (!own.silent) fmt_fd(2, "...more frames\n");
}

/* Of a stack that the program has overwritten, or that changes meanwhile, the unwinder may follow words that lead
 * nowhere. The handler of the fault comes back here. */
static sigjmp_buf after_fault;
static bool reading_stack;

void dump_stack_faulted(void) {
    if (!reading_stack) return;
    reading_stack = false;
    siglongjmp(after_fault, 1);
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

/* A call of what is no code, a NULL pointer mostly, has made no frame yet: its caller is the first. */
static bool leave_nowhere(unw_context_t *u) {
#if defined(__x86_64__)
    if (is_code((uintptr_t)u->uc_mcontext.gregs[REG_RIP])) return false;
    u->uc_mcontext.gregs[REG_RIP] = *(greg_t *)u->uc_mcontext.gregs[REG_RSP];
    u->uc_mcontext.gregs[REG_RSP] += (greg_t)sizeof(greg_t);
#else
    ucontext_t *a = (ucontext_t *)u;
    if (is_code(a->uc_mcontext.pc)) return false;
    a->uc_mcontext.pc = a->uc_mcontext.regs[30];
#endif
    return true;
}

static void print_stack(unw_context_t *context, int flags, unsigned skip, bool is_own) {
    unw_cursor_t cursor;
    if (sigsetjmp(after_fault, 0) == 0) {
        reading_stack = true;
        bool interrupted = (flags & UNW_INIT_SIGNAL_FRAME) && !leave_nowhere(context);
        if (unw_init_local2(&cursor, context, flags) == 0) print_frames(&cursor, skip, interrupted, is_own);
    } else {
        fmt_fd(2, "\t(the rest of the stack cannot be read)\n");
    }
    reading_stack = false;
}

static void print_saved_stack(struct g *g) {
    unw_context_t context;
    make_context(&context, &g->context);
    print_stack(&context, UNW_INIT_SIGNAL_FRAME, 0, false);
}

/* -- goroutines ----------------------------------------------------------------------------------------------------------------- */

/* Go's words: from a minute on, and always in the plural. */
static void print_since(struct fmt *f, int64_t since_ns) {
    int64_t minutes = (pace_now() - since_ns) / INT64_C(60000000000);
    if (since_ns && minutes >= 1) fmt_print(f, ", %ld minutes", minutes);
}

/* Its place among those that wait in the same line, in the order in which they will have their turn. */
static void print_place(struct fmt *f, const struct g *g, const struct goro_queue_ *q) {
    unsigned place = 0, n = 0;
    for (const struct waiter *w = q->first; w && n < MOST_WAITERS; w = w->next)
        if (n++, w->g == g) place = n;
    if (place && n > 1) fmt_print(f, ", %u of %u%s in line", place, n, n == MOST_WAITERS ? " or more" : "");
}

static void print_holder(struct fmt *f, const struct g *g) {
    if (!g->wait_object) return;
    switch (g->wait_kind & PARK_KIND_MASK) {
    case HOOK_MUTEX: {
        const goro_mutex *m = g->wait_object;
        if (m->state_ > 1) fmt_print(f, ", held by goroutine %lu", m->state_ / 2);
        print_place(f, g, &m->waiters_);
        break;
    }
    case HOOK_RWMUTEX: {
        const goro_rwmutex *rw = g->wait_object;
        if (rw->writer_) fmt_print(f, ", held by goroutine %lu", rw->writer_);
        if (rw->readers_) fmt_print(f, ", held by %u reader%s", rw->readers_, rw->readers_ == 1 ? "" : "s");
        print_place(f, g, &rw->waiting_writers_);
        print_place(f, g, &rw->waiting_readers_);
        break;
    }
    case HOOK_WG: fmt_print(f, ", counter %ld", ((const goro_wg *)g->wait_object)->count_); break;
    default: break;
    }
}

/* The object lies in the program's own memory, which may be overwritten or gone. */
static void print_holder_safely(struct fmt *f, const struct g *g) {
    if (sigsetjmp(after_fault, 0) == 0) {
        reading_stack = true;
        print_holder(f, g);
    }
    reading_stack = false;
}

static void print_wait(struct fmt *f, const struct g *g) {
    fmt_print(f, "[%s", wait_text(g->wait_kind));
    if (g->wait_object) fmt_print(f, " %p", g->wait_object);
    else if ((g->wait_kind & PARK_KIND_MASK) == HOOK_CHAN) fmt_print(f, " (nil chan)");
    else if (g->wait_kind == (HOOK_SELECT | PARK_NO_CASES)) fmt_print(f, " (no cases)");
    print_holder_safely(f, g);
    print_since(f, g->wait_since);
}

static void print_heading(struct g *g, bool self) {
    char text[256];
    struct fmt f;
    bool started = !(g->flags & G_FRESH);
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "\ngoroutine %lu ", g->id);
    if (started && g->name) fmt_print(&f, "\"%s\" ", g->name);
    if (self || g->state == G_RUNNING) {
        fmt_print(&f, "[running");
    } else if (g->state == G_QUEUED) {
        fmt_print(&f, "[runnable");
    } else {
        print_wait(&f, g);
    }
    fmt_fd(2, "%s%s]:\n", text, (g->flags & G_LOCKED) ? ", locked to thread" : "");
}

static void print_creation(const struct g *g) {
    char name[128];
    size_t offset;
    if (g->flags & G_FOREIGN) fmt_fd(2, "a thread of the program's own\n");
    if (!g->created_pc) return;
    bool known = symbol_name(g->created_pc - 1, name, sizeof name, &offset);
    fmt_fd(2, "created by %s in goroutine %lu\n\t%s +0x%lx\n", known ? name : "?", g->parent_id,
           module_name(g->created_pc), known ? offset + 1 : g->created_pc);
}

void dump_goroutine(struct g *g) {
    print_heading(g, false);
    if (g->state == G_RUNNING) {
        fmt_fd(2, "\tgoroutine running on another thread; stack unavailable\n");
    } else if (g->flags & G_FRESH) {
        print_frame((uintptr_t)g->fn, 0);
    } else if (g->flags & G_LOCKED) {
        fmt_fd(2, "\tgoroutine waits on its own thread; stack unavailable\n");
    } else {
        print_saved_stack(g);
    }
    print_creation(g);
}

void dump_self(const void *ucontext) {
    unw_context_t context;
    struct g *g = m_self->g;
    if (own.silent) g = NULL;
    else if (g) print_heading(g, true);
    else fmt_fd(2, "\nthread %d, which runs no goroutine:\n", gettid());
    if (ucontext) {
        memcpy(&context, ucontext, sizeof context);
        print_stack(&context, UNW_INIT_SIGNAL_FRAME, 0, true);
    } else {
        unw_getcontext(&context);
        print_stack(&context, 0, 2, true); /* without ourselves and who panics */
    }
    if (g) print_creation(g);
}

void dump_fault(const char *words, const void *ucontext, bool silent) {
    own.silent = silent;
    dump_self(ucontext);
    hook_fault(words, own.frames, own.n);
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
    world_freeze();
    records_walk(visit, &w);
    if (w.left_out) fmt_fd(2, "\n... and %u more goroutines\n", w.left_out);
}
