/* What the sanitizers must know of a switch, when the runtime itself is built with one of them. Compiles to nothing
 * otherwise. `from` and `to` are NULL for the M's scheduler.
 *
 *   fiber_leave(m, from, to, dying); context_switch(...); fiber_arrive(m, self) */
#ifndef GORO_RUNTIME_FIBER_H
#define GORO_RUNTIME_FIBER_H

#include "runtime/g.h"
#include "runtime/stack.h"

#if defined(__SANITIZE_THREAD__)
#define GORO_TSAN 1
#elif defined(__SANITIZE_ADDRESS__)
#define GORO_ASAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GORO_TSAN 1
#elif __has_feature(address_sanitizer)
#define GORO_ASAN 1
#endif
#endif

#ifdef GORO_TSAN
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#endif
#ifdef GORO_ASAN
void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size);
void __asan_handle_no_return(void);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
#endif

/* The thread's own stack and fiber are the scheduler's (M threads) or the goroutine's (main, foreign threads). */
GORO_INLINE void fiber_thread_start(struct m *m, struct g *g) {
    (void)m, (void)g;
#ifdef GORO_TSAN
    *(g ? &g->fiber : &m->fiber) = __tsan_get_current_fiber();
#endif
#ifdef GORO_ASAN
    pthread_attr_t attr;
    void *low = NULL;
    size_t bytes = 0;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &low, &bytes);
        pthread_attr_destroy(&attr);
    }
    *(g ? &g->thread_stack : &m->stack_low) = low;
    *(g ? &g->thread_stack_bytes : &m->stack_bytes) = bytes;
#endif
}

/* The scheduler of main's thread runs on `s`. */
GORO_INLINE void fiber_scheduler_start(struct m *m, const struct stack *s) {
    (void)m, (void)s;
#ifdef GORO_TSAN
    m->fiber = __tsan_create_fiber(0);
#endif
#ifdef GORO_ASAN
    m->stack_low = (void *)stack_low(s);
    m->stack_bytes = stack_high(s) - stack_low(s);
#endif
}

/* g got its stack. */
GORO_INLINE void fiber_bind(struct g *g) {
    (void)g;
#ifdef GORO_TSAN
    g->fiber = __tsan_create_fiber(0);
#endif
#ifdef GORO_ASAN
    g->fiber = NULL;
    __asan_unpoison_memory_region((void *)stack_low(g->stack), stack_high(g->stack) - stack_low(g->stack));
#endif
}

GORO_INLINE void fiber_leave(struct m *m, struct g *from, struct g *to, bool dying) {
    (void)m, (void)from, (void)to, (void)dying;
#ifdef GORO_TSAN
    __tsan_switch_to_fiber(to ? to->fiber : m->fiber, 0);
#endif
#ifdef GORO_ASAN
    const void *low = !to ? m->stack_low : to->stack ? (void *)stack_low(to->stack) : to->thread_stack;
    size_t bytes = !to ? m->stack_bytes : to->stack ? stack_high(to->stack) - stack_low(to->stack) : to->thread_stack_bytes;
    __sanitizer_start_switch_fiber(dying ? NULL : from ? &from->fiber : &m->fiber, low, bytes);
#endif
}

/* First thing on the new stack; `self` is whose it is. */
GORO_INLINE void fiber_arrive(struct m *m, struct g *self) {
    (void)m, (void)self;
#ifdef GORO_ASAN
    __sanitizer_finish_switch_fiber(self ? self->fiber : m->fiber, NULL, NULL);
#endif
}

/* The fiber of a goroutine that ends here is destroyed once it has been left. */
GORO_INLINE void fiber_end_later(struct m *m, struct g *g) {
    (void)m, (void)g;
#ifdef GORO_TSAN
    m->dead_fiber = g->fiber;
#endif
}
GORO_INLINE void fiber_end_pending(struct m *m) {
    (void)m;
#ifdef GORO_TSAN
    if (m->dead_fiber) __tsan_destroy_fiber(m->dead_fiber);
    m->dead_fiber = NULL;
#endif
}
/* The stack is restarted from its top. */
GORO_INLINE void fiber_unwind(void) {
#ifdef GORO_ASAN
    __asan_handle_no_return();
#endif
}

#endif
