/* A goroutine's own deferred calls (goro_at_exit): Go's defer, as far as C can have it. */
#ifndef GORO_RUNTIME_AT_EXIT_H
#define GORO_RUNTIME_AT_EXIT_H

#include "runtime/sched.h"

/* One deferred call. Lives where the pusher likes: its own frame, or the heap (then `owned`, and free'd after its run). */
struct at_exit {
    struct at_exit *next;
    void (*fn)(void *);
    void *argument;
    bool owned;
};

void at_exit_push(struct g *g, struct at_exit *record);
/* Takes back the record pushed last. */
void at_exit_pop(struct g *g, struct at_exit *record);
/* Runs and empties the list, last in first out. For the scheduler, when a goroutine's function has returned, when it
 * leaves by goro_exit, and for main when main returns: on the goroutine's own stack, outside the runtime (between
 * leave and enter), since these are the user's functions. */
void at_exit_run(struct g *g);

#endif
