/* A context's record, for groups, which have one inside. */
#ifndef GORO_RUNTIME_CONTEXT_H
#define GORO_RUNTIME_CONTEXT_H

#include "runtime/chan.h"
#include "runtime/wheel.h"

struct goro_ctx {
    struct goro_ctx *parent;                    /* NULL: the background, or a group's that has ended */
    struct goro_ctx *first_child, *next, *prev; /* all whose parent it is (but for the background); siblings */
    struct goro_ctx *todo;                      /* links those that are being cancelled, or free'd */
    uint32_t references;                        /* the user's, and one for each child */
    int err;                                    /* 0: not cancelled */
    bool embedded;                              /* in a goro_group: never free'd */
    bool has_clock;                             /* done.close_clock is its own, not an ancestor's */
    struct chan done;
    struct alarm alarm; /* the deadline's */
    const void *key;
    void *value;
};

/* Makes a context in memory of the caller's, a child of `parent`. */
void ctx_init(struct goro_ctx *ctx, struct goro_ctx *parent, uintptr_t pc);
/* Ends an embedded one: cancels it and parts it from its parent and children; done and err stay usable
 * while its memory does. */
void ctx_end(struct goro_ctx *ctx, struct g *g);
/* The context whose deadline the alarm is; NULL: it is another's. */
const struct goro_ctx *ctx_of_deadline(const struct alarm *a);
/* Walks the tree below ctx and asserts its invariants; returns the number of contexts in it. */
size_t ctx_check(struct goro_ctx *ctx);

#endif
