/* Channels from their making to their end, and what can be asked of one; what is sent and received is chan.c's.
 *
 * Threads: any that is inside the runtime. */
#include "runtime/chan.h"
#include "runtime/park.h"
#include "runtime/signal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

void chan_init(struct chan *c, size_t element_bytes, int64_t capacity, char *ring) {
    *c = (struct chan){.element_bytes = element_bytes, .capacity = capacity, .ring = ring};
}

GORO_API void *goro_chan_new_(size_t element_bytes, int64_t capacity) {
    uintptr_t pc = CALLER;
    struct g *g = runtime_enter();
    size_t bytes;
    if (capacity < 0 || __builtin_mul_overflow((size_t)capacity, element_bytes, &bytes) || bytes > PTRDIFF_MAX / 2)
        panic_raise(HOOK_PANIC, NULL, pc, "makechan: size out of range");
    struct chan *c = malloc(sizeof *c + bytes);
    if (!c) environment_error("malloc", "no memory for a channel", ENOMEM);
    chan_init(c, element_bytes, capacity, (char *)(c + 1));
#ifdef GORO_RACE
    if (capacity && !(c->slot_clocks = calloc((size_t)capacity, sizeof *c->slot_clocks)))
        environment_error("calloc", "no memory for a channel's clocks", ENOMEM);
#endif
    hook_object_new(HOOK_CHAN, c, sizeof *c + bytes, (uint64_t)capacity, pc);
    runtime_leave(g);
    return c;
}

static void free_clocks(struct chan *c) {
    if (c->slot_clocks)
        for (int64_t i = 0; i < c->capacity; i++)
            if (c->slot_clocks[i]) hook_sync_free(c->slot_clocks[i]);
    free(c->slot_clocks);
    if (c->close_clock) hook_sync_free(c->close_clock);
}

static void free_memory(struct chan *c) {
    free_clocks(c);
    free(c);
}

void chan_used_freed(const struct chan *c, uintptr_t pc) {
    fatal_raise(HOOK_GC004_FREED_AND_USED, c, pc, "use of a freed channel");
}

#ifdef GORO_RACE
_Static_assert(sizeof(struct chan) >= HOOK_CHAN_BYTES, "the watcher's names lie in the record");

/* The channels freed last: whoever uses one still finds it, and is told so in place of a fault in a queue that is no more. */
static struct {
    struct lock lock;
    struct chan *first, **end;
    size_t bytes;
} kept = {.end = &kept.first};

static size_t bytes_of(const struct chan *c) { return sizeof *c + (size_t)c->capacity * c->element_bytes; }

/* The lock is held. Those that are no longer kept, linked by next_freed. */
static struct chan *take_oldest(void) {
    enum { KEPT_BYTES = 1 << 16 };
    struct chan *taken = NULL;
    while (kept.bytes > KEPT_BYTES) {
        struct chan *c = kept.first;
        kept.first = c->next_freed;
        if (!kept.first) kept.end = &kept.first;
        kept.bytes -= bytes_of(c);
        c->next_freed = taken;
        taken = c;
    }
    return taken;
}

static void keep_or_free(struct chan *c) {
    lock_take(&kept.lock);
    *kept.end = c;
    kept.end = &c->next_freed;
    kept.bytes += bytes_of(c);
    struct chan *out = take_oldest();
    lock_drop(&kept.lock);
    while (out) {
        struct chan *next = out->next_freed;
        free_memory(out);
        out = next;
    }
}

static void mark_freed(struct chan *c) { c->freed = true; }
#else
static void keep_or_free(struct chan *c) { free_memory(c); }
static void mark_freed(struct chan *c) { (void)c; }
#endif

GORO_API void goro_chan_free_(void *channel) {
    struct chan *c = channel;
    if (!c) return;
    uintptr_t pc = CALLER;
    struct g *g = runtime_enter();
    if (chan_is_freed(c)) chan_use(c, g, HOOK_USE_LOOK, pc);
    if (c->internal) panic_raise(HOOK_PANIC, c, pc, "chan_free of a channel that belongs to a timer or context");
    if (unlikely(chan_is_notified(c))) signals_forget(c);
    lock_take(&c->lock);
    bool waited = c->receivers.first || c->senders.first;
    lock_drop(&c->lock);
    hook_chan_gone(task_of(g), c, *CHAN_USERS(c));
    hook_object_free(HOOK_CHAN, c, pc);
    mark_freed(c);
    if (waited) { /* freeing it would break their queue: the memory is left to them */
        hook_misuse(HOOK_GC004_CHANNEL_FREED, c, pc);
    } else {
        keep_or_free(c);
    }
    runtime_leave(g);
}

static int clamp_int(int64_t n) { return n < INT_MAX ? (int)n : INT_MAX; }

GORO_API int goro_chan_len_(const void *channel) {
    struct chan *c = (struct chan *)channel;
    if (!c) return 0;
    struct g *g = runtime_enter();
    chan_use(c, g, HOOK_USE_LOOK, CALLER);
    lock_take(&c->lock);
    int64_t n = c->internal ? 0 : c->count;
    lock_drop(&c->lock);
    runtime_leave(g);
    return clamp_int(n);
}

GORO_API int goro_chan_cap_(const void *channel) {
    struct chan *c = (struct chan *)channel;
    if (!c) return 0;
    struct g *g = runtime_enter();
    chan_use(c, g, HOOK_USE_LOOK, CALLER);
    runtime_leave(g);
    return c->internal ? 0 : clamp_int(c->capacity);
}

/* A select's waiter may be left over from one that another channel has served; a lone one never is. */
static bool has_lone_waiter(const struct goro_queue_ *q) {
    for (const struct waiter *w = q->first; w; w = w->next)
        if (!w->select) return true;
    return false;
}

void chan_check(struct chan *c) {
    lock_take(&c->lock);
    goro_assert(c->count >= 0 && c->count <= c->capacity);
    goro_assert(c->capacity == 0 || (c->recv_at + c->count) % c->capacity == c->send_at);
    queue_check(&c->receivers);
    queue_check(&c->senders);
    bool receivers = has_lone_waiter(&c->receivers), senders = has_lone_waiter(&c->senders);
    goro_assert(!receivers || c->count == 0);
    goro_assert(!senders || c->count == c->capacity);
    goro_assert(!(receivers && senders));
    goro_assert(!c->closed || (!c->receivers.first && !c->senders.first));
    lock_drop(&c->lock);
}
