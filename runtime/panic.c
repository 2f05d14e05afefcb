/* How a program ends by a mistake of its user: Go's texts, a stack, exit status 2.
 *
 * Threads: any; the first to come prints, others wait for the end. stdout is flushed if nobody holds it, because what
 * a program printed before its panic is what its user wants to see. */
#include "runtime/base/fmt.h"
#include "runtime/dump.h"
#include "runtime/proc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void first_only(void) {
    static uint32_t dying; /* exchange: one printer */
    if (__atomic_exchange_n(&dying, 1, __ATOMIC_ACQ_REL) == 0) return;
    for (;;) pause();
}

static void flush_stdout(void) {
    if (ftrylockfile(stdout)) return;
    fflush_unlocked(stdout);
    funlockfile(stdout);
}

static bool traceback_all(void) {
    const char *text = getenv("GORO_TRACEBACK");
    return text && strcmp(text, "all") == 0;
}

static _Noreturn GORO_NOINLINE void die(const char *kind, bool all, const char *format, va_list ap) {
    char text[900];
    struct fmt f;
    fmt_init(&f, text, sizeof text);
    fmt_vprint(&f, format, ap);
    first_only();
    flush_stdout();
    fmt_fd(2, "%s: %s\n", kind, text);
    dump_self(NULL);
    if (all || traceback_all()) dump_others(m_self->g);
    _exit(GORO_EXIT_PANIC);
}

void panic_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    hook_misuse(what, object, pc);
    va_start(ap, format);
    die("panic", false, format, ap);
}

void fatal_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    hook_misuse(what, object, pc);
    va_start(ap, format);
    die("fatal error", false, format, ap);
}

void all_asleep(void) {
    hook_misuse(HOOK_GD001_ALL_ASLEEP, NULL, 0);
    first_only();
    flush_stdout();
    /* Only goro_exit parks main on nothing at all. */
    if (g_count() == 1 && main_g.wait_kind == HOOK_OBJECT_NONE)
        fmt_fd(2, "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n");
    else
        fmt_fd(2, "fatal error: all goroutines are asleep - deadlock!\n");
    dump_others(NULL);
    _exit(GORO_EXIT_PANIC);
}
