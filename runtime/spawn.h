/* Starting a goroutine, inline: a record is filled and queued. It gets a stack when it first runs (g_bind). */
#ifndef GORO_RUNTIME_SPAWN_H
#define GORO_RUNTIME_SPAWN_H

#include "runtime/proc.h"

/* True if p has all that a goroutine needs, and nobody wants some of its work. */
GORO_INLINE bool spawn_is_quick(const struct p *p) {
    return likely(p->free_g && p->next_id != p->id_end && !ring_is_full(&p->runq.fresh) && !hint_get(sched.hungry));
}

/* The start of a goroutine if spawn_is_quick. p is the P of the caller. */
GORO_INLINE void spawn_quickly(struct p *p, const struct g *parent, void (*fn)(void), const uint64_t *arguments,
                               unsigned count, uintptr_t pc) {
    if (count > SPAWN_ARGUMENTS) __builtin_unreachable(); /* by goro.h's macro, or looked at by spawn */
    struct g *g = p->free_g;
    p->free_g = g->next;
    p->free_count--;
    hint_set(p->alive, p->alive + 1);
    g->stack = NULL;
    g->saved_errno = 0;
    g->state = G_QUEUED;
    g->flags = G_FRESH;
    g->wait_kind = 0;
    g->thread_locks = 0;
    g->id = p->next_id++;
    g->parent_id = parent ? parent->id : 0;
    g->created_pc = pc;
    g->entry = (uintptr_t)fn;
    g->start.fn = fn;
    for (unsigned i = 0; i < count; i++) g->start.arguments[i] = arguments[i];
    g->task = hook_task_create(g->id, (uintptr_t)fn, pc);
    if (count) hook_task_given(g->task, arguments, count);
    runq_put_fresh(&p->runq, g);
}

#endif
