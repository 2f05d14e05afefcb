/* Goroutine stacks: reserved large, committed by touch, recycled.
 *
 * A stack reserves stack_bytes (GORO_STACK in the environment: bytes, or with a K or M suffix; 256 KiB by default, 512
 * with -race) and takes memory page by page as it is touched. Below each lies a guard: running over the end is told
 * apart from other faults by stack_guard_hit.
 *
 * Threads: stack_get and stack_put on a thread that owns the P; the rest anywhere. */
#ifndef GORO_RUNTIME_STACK_H
#define GORO_RUNTIME_STACK_H

#include "runtime/base/base.h"

/* One per stack, dense and apart from it, so that a free stack's memory can be given back. */
struct stack {
    struct stack *next;
    uintptr_t top; /* where it begins to be used, a multiple of 16 */
    uint32_t colour;
    bool used;    /* a goroutine has run here: with -race only */
    bool guarded; /* by the kernel; else its guard's bytes are looked at when it is given back */
};

extern GORO_HIDDEN size_t stack_bytes, stack_guard_bytes;

/* Reads the environment. Once, before the first stack. */
void stacks_init(void);

/* A P's cached stacks: linked, the last one put first. */
struct stack_cache {
    struct stack *first;
    uint32_t count;
};
enum { STACK_CACHE_LIMIT = 128 }; /* stacks a P keeps for itself */

void stack_cache_refill(struct stack_cache *c);
void stack_cache_drain(struct stack_cache *c);
void stack_check_red_zone(const struct stack *s);

/* A stack whose contents are undefined. Ends the process if there is no memory. */
GORO_INLINE struct stack *stack_get(struct stack_cache *c) {
    if (unlikely(!c->first)) stack_cache_refill(c);
    struct stack *s = c->first;
    c->first = s->next;
    c->count--;
    return s;
}

/* The caller may still stand on it: nobody gets it before he has left, as long as he owns the P until then. */
GORO_INLINE void stack_put(struct stack_cache *c, struct stack *s) {
    if (unlikely(!s->guarded)) stack_check_red_zone(s);
    s->next = c->first;
    c->first = s;
    if (unlikely(++c->count > STACK_CACHE_LIMIT)) stack_cache_drain(c);
}
/* All of a P's cached stacks go to the common pool: the P is going away. */
void stacks_flush(struct stack_cache *c);

/* Usable bytes are [stack_low, stack_top). The top is coloured: stacks are aligned alike, and their busiest lines
 * would otherwise all fall into the same cache sets. */
GORO_INLINE uintptr_t stack_top(const struct stack *s) { return s->top; }
GORO_INLINE uintptr_t stack_high(const struct stack *s) { return s->top + s->colour; }
GORO_INLINE uintptr_t stack_guard(const struct stack *s) { return stack_high(s) - stack_bytes; } /* its first byte */
GORO_INLINE uintptr_t stack_low(const struct stack *s) { return stack_guard(s) + stack_guard_bytes; }

/* True if the address lies in the guard of one of our stacks. Safe in a signal handler. */
bool stack_guard_hit(uintptr_t address);

/* Gives the memory of some free stacks back to the system: those that were not needed since the last call with
 * new_interval. Called by the monitor now and then; false: there is nothing more to give back. */
bool stacks_trim(bool new_interval);

/* How stacks are guarded, for tests and the dump: "guard install", "mprotect" or "none". */
const char *stack_guard_kind(void);

#endif
