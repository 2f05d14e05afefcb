/* The public calls about goroutines and the scheduler: each is the scheduler's own, bracketed. */
#include "runtime/running.h"
#include "runtime/base/fmt.h"
#include "runtime/park.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef errno /* this file defines what goro.h makes of it */

GORO_API int *goro_errno_location(void) { return __errno_location(); }

static GORO_NOINLINE void yield_the_long_way(uintptr_t pc) {
    struct g *g = runtime_enter();
    hook_gave_way();
    yield_and_leave(g, pc);
}

GORO_API GORO_RETURNS_ELSEWHERE void goro_yield(void) {
    struct m *m = enter_quickly();
    if (unlikely(!m || hint_get(m->g->flags) & G_LOCKED)) {
        yield_the_long_way(CALLER);
        return;
    }
    struct g *g = m->g, *next;
    if (give_way(m, g, &next)) m = leave_for(m, g, next, CALLER);
    leave_quickly(m);
}

GORO_API void goro_exit(void) { g_exit(runtime_enter()); }

GORO_API uint64_t goro_id(void) {
    struct g *g = runtime_enter();
    uint64_t id = g_id(g);
    runtime_leave(g);
    return id;
}

GORO_API int goro_count(void) {
    struct g *g = runtime_enter();
    uint64_t n = g_count();
    runtime_leave(g);
    return n < INT_MAX ? (int)n : INT_MAX;
}

GORO_API void goro_set_name(const char *name) {
    struct g *g = runtime_enter();
    g_set_name(g, name);
    runtime_leave(g);
}

GORO_API void goro_lock_thread(void) {
    if (hook_explores()) running_watch(); /* there will be several threads, and one may wait in a call for another */
    struct g *g = runtime_enter();
    thread_lock(g);
    runtime_leave(g);
}

GORO_API void goro_unlock_thread(void) {
    struct g *g = runtime_enter();
    thread_unlock(g);
    runtime_leave(g);
}

GORO_API void goro_at_exit(void (*fn)(void *), void *argument) {
    struct g *g = runtime_enter();
    if (!g_defer(g, fn, argument)) environment_error("malloc", "no memory for a deferred call", 0);
    runtime_leave(g);
}

GORO_API int goro_gomaxprocs(int n) {
    struct g *g = runtime_enter();
    unsigned before = gomaxprocs_set(g, n);
    runtime_leave(g);
    return (int)before;
}

/* Further lines of a panic's text are indented, so that none can be taken for the start of a goroutine's stack. */
static void indent_lines(char *text, size_t size) {
    for (char *line = text; (line = strchr(line, '\n')); line += 2) {
        size_t rest = strlen(line + 1) + 1;
        if ((size_t)(line - text) + 2 + rest > size) return;
        memmove(line + 2, line + 1, rest);
        line[1] = '\t';
    }
}

GORO_API void goro_panic(const char *format, ...) {
    char text[1024]; /* the user's format may be any printf's; longer texts are cut */
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    indent_lines(text, sizeof text);
    runtime_enter();
    panic_raise(HOOK_PANIC, NULL, CALLER, "%s", text);
}
