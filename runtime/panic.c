/* How a program ends by a mistake of its user: Go's texts, a stack, exit status 2.
 *
 * Threads: any; the first to come prints, others wait for the end. stdout is flushed if nobody holds it, because what
 * a program printed before its panic is what its user wants to see. */
#include "runtime/base/fmt.h"
#include "runtime/crash.h"
#include "runtime/dump.h"
#include "runtime/proc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ending_begin(void) {
    static pid_t teller; /* 0: nobody yet; compare-exchange: one */
    pid_t before = 0, self = gettid();
    if (__atomic_compare_exchange_n(&teller, &before, self, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return true;
    if (before == self) return false;
    for (;;) pause();
}

static void flush_stdout(void) {
    if (ftrylockfile(stdout)) return;
    fflush_unlocked(stdout);
    funlockfile(stdout);
}

bool traceback_all(void) {
    const char *text = getenv("GORO_TRACEBACK");
    return text && strcmp(text, "all") == 0;
}

/* A finding tells of it, with files and lines: stacks in hexadecimal before it would only be in the way. */
static bool is_told(enum hook_misuse what) { return what != HOOK_PANIC && hook_reporting() && !traceback_all(); }

/* The words come before the finding: which of the two a reader sees first then does not depend on how fast the report is. */
static _Noreturn GORO_NOINLINE void die(const char *kind, enum hook_misuse what, const void *object, uintptr_t pc,
                                        const char *format, va_list ap) {
    char text[900];
    struct fmt f;
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "%s: ", kind);
    fmt_vprint(&f, format, ap);
    flush_stdout();
    fmt_fd(2, "%s\n", text);
    hook_misuse(what, object, pc);
    if (!ending_begin()) _exit(GORO_EXIT_PANIC);
    if (!is_told(what)) dump_fault(text, NULL, false);
    if (traceback_all()) dump_others(m_self->g);
    _exit(GORO_EXIT_PANIC);
}

void panic_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    die("panic", what, object, pc, format, ap);
}

void fatal_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    die("fatal error", what, object, pc, format, ap);
}

void all_asleep(void) {
    if (!ending_begin())
        _exit(GORO_EXIT_PANIC); /* of several threads that see it, the one that ends the process tells */
    flush_stdout();
    /* Only goro_exit parks main on nothing at all. */
    if (g_count() == 1 && main_g.wait_kind == HOOK_OBJECT_NONE)
        fmt_fd(2, "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n");
    else fmt_fd(2, "fatal error: all goroutines are asleep - deadlock!\n");
    hook_misuse(HOOK_GD001_ALL_ASLEEP, NULL, 0); /* behind the words, as in die */
    if (!is_told(HOOK_GD001_ALL_ASLEEP)) dump_others(NULL);
    _exit(GORO_EXIT_PANIC);
}
