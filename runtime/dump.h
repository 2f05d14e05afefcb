/* Stack traces and the goroutine dump. Written to descriptor 2 as they are made; no malloc, no stdio.
 *
 * The watcher and the reporter have better symbols (DWARF); this is for plain programs and for the last words of a
 * dying one: function names from the symbol tables, no lines. */
#ifndef GORO_RUNTIME_DUMP_H
#define GORO_RUNTIME_DUMP_H

#include "runtime/g.h"

/* goroutine 7 "name" [chan receive, 2 minutes]: its stack, who created it. Of a goroutine that runs on another thread
 * only the heading. */
void dump_goroutine(struct g *g);
/* The calling goroutine, from its present place, or from a signal's ucontext_t. */
void dump_self(const void *ucontext);
/* The same, of whoever the process dies of: a watcher is told, too, with what was said of it (a line); or, if it is to be silent,
 * alone. */
void dump_fault(const char *words, const void *ucontext, bool silent);
/* Called by the handler of a fault on the thread that dumps: does not return if a stack was just being read; that one is
 * given up, and the dump goes on. */
void dump_stack_faulted(void);
/* Everybody but `except` (NULL: nobody). */
void dump_others(const struct g *except);

#endif
