/* Holders of locks, in a hash table by the lock's address.
 *
 * Always true
 *  1. Entered are what the tasks hold that wait for a lock, and what those have held that have ended; and, as `handed`,
 *     each lock that was ever given up by another goroutine than the one that took it: then no holder can be told from
 *     the calls, and nobody is said to hold it.
 *
 * Threads: under graph_lock, inside the world. */
#include "detector/ownership.h"
#include "detector/arena.h"
#include "detector/path.h"
#include "detector/waitgraph.h"

#include <string.h>

enum { BUCKETS = 1 << 12, HELD_MAX = 64, HANDED = 255 /* a kind of its own */ };

uint64_t ownership_filter[4];
static struct {
    struct holding *heads[BUCKETS];
    struct holding *spare; /* a lock is let go of sooner or later: 90 instructions less than the arena */
    uint64_t count;        /* also read without the lock, as a hint */
} table;

static struct holding **bucket_of(uintptr_t lock) { return &table.heads[ownership_hash(lock) >> 52]; }
_Static_assert(BUCKETS == 1 << 12, "a bucket is twelve bits of the hash");

static void count(uint64_t more) { __atomic_store_n(&table.count, table.count + more, __ATOMIC_RELAXED); }

static bool add(const struct holding *h) {
    struct holding *copy = table.spare, **head = bucket_of(h->lock);

    if (copy) table.spare = copy->next;
    else copy = arena_alloc(sizeof *copy);
    if (!copy) {
        engine_degraded("no memory to remember who holds locks: deadlocks may be missed");
        return false;
    }
    *copy = *h;
    copy->next = *head;
    *head = copy;
    count(1);
    return true;
}

static void take_out(struct holding **at) {
    struct holding *h = *at;

    *at = h->next;
    h->next = table.spare;
    table.spare = h;
    count((uint64_t)-1);
}

/* -- waiting, ending ---------------------------------------------------------------------------------------------------- */

static struct holding holding_of(struct det_task *t, const struct lock_held *l) {
    return (struct holding){.lock = l->address,
                            .task = t,
                            .record = t->record,
                            .site = l->taken,
                            .kind = (uint8_t)l->kind,
                            .read = l->read};
}

void ownership_enter(struct det_task *t) {
    struct lock_held held[HELD_MAX];

    for (uint32_t i = locks_of(t->trail.locks, held, HELD_MAX); i-- > 0;) {
        struct holding h = holding_of(t, &held[i]);
        add(&h);
    }
}

void ownership_leave(struct det_task *t) {
    struct lock_held held[HELD_MAX];

    for (uint32_t i = locks_of(t->trail.locks, held, HELD_MAX); i-- > 0;)
        for (struct holding **p = bucket_of(held[i].address); *p;) {
            if ((*p)->lock == held[i].address && (*p)->task == t) take_out(p);
            else p = &(*p)->next;
        }
}

void ownership_task_end(struct det_task *t) {
    struct lock_held held[HELD_MAX];

    for (uint32_t i = locks_of(t->trail.locks, held, HELD_MAX); i-- > 0;) {
        struct holding h = holding_of(t, &held[i]);

        if (h.lock - t->stack_low < t->stack_high - t->stack_low) continue; /* gone with its stack */
        if (ownership_is_handed(h.lock)) continue;
        h.task = NULL;
        t->record->pinned |= add(&h);
    }
}

/* -- who holds it? -------------------------------------------------------------------------------------------------------- */

static const struct holding *find(const struct holding *h, uintptr_t lock) {
    while (h && (h->lock != lock || h->kind == HANDED)) h = h->next;
    return h;
}

const struct holding *ownership_first(uintptr_t lock) {
    return ownership_is_handed(lock) ? NULL : find(*bucket_of(lock), lock);
}
const struct holding *ownership_next(const struct holding *h) { return find(h->next, h->lock); }

struct look {
    uintptr_t lock;
    struct holding *out;
    bool found;
};

static void look_at(struct det_task *t, void *arg) {
    struct look *l = arg;
    struct lock_held held[HELD_MAX];

    if (l->found) return;
    for (uint32_t i = locks_of(__atomic_load_n(&t->trail.locks, __ATOMIC_RELAXED), held, HELD_MAX); i-- > 0;) {
        if (held[i].address != l->lock) continue;
        *l->out = holding_of(t, &held[i]);
        l->found = true;
    }
}

bool ownership_find_locked(uintptr_t lock, struct holding *out) {
    struct look l = {lock, out, false};
    const struct holding *h = ownership_first(lock);

    if (h) *out = *h;
    if (h || ownership_is_handed(lock)) return h != NULL;
    task_each_alive(look_at, &l);
    return l.found;
}

bool ownership_find(uintptr_t lock, struct holding *out) {
    bool found;

    engine_lock_take(&graph_lock);
    found = ownership_find_locked(lock, out);
    engine_lock_drop(&graph_lock);
    return found;
}

/* -- handed over ---------------------------------------------------------------------------------------------------------- */

bool ownership_is_handed(uintptr_t lock) {
    for (struct holding *h = ownership_may_be_handed(lock) ? *bucket_of(lock) : NULL; h; h = h->next)
        if (h->lock == lock && h->kind == HANDED) return true;
    return false;
}

void ownership_dropped(uintptr_t lock, bool read, bool found) {
    unsigned bit = ownership_hash(lock) >> 56;

    for (struct holding **p = bucket_of(lock); *p;) {
        struct holding *h = *p;

        if (h->lock == lock && h->kind != HANDED && h->read == read) {
            take_out(p);
            found = true;
        } else p = &h->next;
    }
    if (!found || ownership_is_handed(lock) || !add(&(struct holding){.lock = lock, .kind = HANDED})) return;
    __atomic_store_n(&ownership_filter[bit / 64], ownership_filter[bit / 64] | (uint64_t)1 << bit % 64,
                     __ATOMIC_RELAXED);
}

/* -- forgetting ------------------------------------------------------------------------------------------------------------- */

void ownership_forget(uintptr_t lock) {
    for (struct holding **p = bucket_of(lock); *p;) {
        if ((*p)->lock == lock) take_out(p);
        else p = &(*p)->next;
    }
}

/* relaxed: who holds a lock in memory that is freed is ordered with that, or races in the user's own program */
uint64_t ownership_count(void) { return __atomic_load_n(&table.count, __ATOMIC_RELAXED); }

void ownership_mark(void) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct holding *h = table.heads[i]; h; h = h->next)
            if (h->kind != HANDED) path_mark(h->site);
}

void ownership_engine_init(void) {
    memset(&table, 0, sizeof table);
    memset(ownership_filter, 0, sizeof ownership_filter);
}
