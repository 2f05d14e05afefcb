/* Starting a goroutine, inline: a record is filled and queued. It gets a stack when it first runs (g_bind). */
#ifndef GORO_RUNTIME_SPAWN_H
#define GORO_RUNTIME_SPAWN_H

#include "runtime/proc.h"

/* True if p has all that a goroutine needs, and nobody wants some of its work. */
GORO_INLINE bool spawn_is_quick(const struct p *p) {
    return likely(p->free_g && p->next_id != p->id_end && !ring_is_full(&p->runq.fresh) && !hint_get(sched.hungry));
}

/* Most have one to three; a loop would count them. `count` is at most SPAWN_ARGUMENTS: by goro.h's macro, or looked at by spawn. */
GORO_INLINE void copy_arguments(uint64_t *to, const uint64_t *from, unsigned count) {
    if (count > SPAWN_ARGUMENTS) __builtin_unreachable();
    if (count == 0) return;
    to[0] = from[0];
    if (count == 1) return;
    to[1] = from[1];
    if (count == 2) return;
    to[2] = from[2];
    for (unsigned i = 3; i < count; i++) to[i] = from[i];
}

/* The start of a goroutine if spawn_is_quick, or is but for somebody who wants work. p is the P of the caller. */
GORO_INLINE void spawn_quickly(struct p *p, uint64_t parent_id, void (*fn)(void), uintptr_t known_as,
                               const uint64_t *arguments, unsigned count, uintptr_t pc) {
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
    g->parent_id = parent_id;
    g->created_pc = pc;
    g->fn = fn;
    copy_arguments(g->arguments, arguments, count);
#ifdef GORO_RACE
    g->task = hook_task_create(g->id, known_as, pc);
    if (count) hook_task_given(g->task, arguments, count);
#else
    (void)known_as;
#endif
    ring_put(&p->runq.fresh, g);
}

#endif
