/* WaitGroups: the counts by site for GW001, who was given one at its start, and the order of Add and Wait for GW003.
 *
 * GW003: each add from zero must be ordered with the start of each wait that could overlap it, one way or the other;
 * adds need no order among themselves, nor do waits. That is the rule of a race between a plain read and an atomic
 * write, so it is looked for as one: an add from zero reads the marker, a byte of the WaitGroup's own, and each wait
 * writes it atomically.
 *
 * A goroutine was given a WaitGroup if one of its arguments is its address, or leads to a block of memory, or a place on
 * its starter's stack, in which the WaitGroup or its address lies. Only the first bytes there are looked at.
 *
 * Threads: the counts are under a lock of their own, taken inside the world. */
#include "detector/waitgroup.h"
#include "detector/arena.h"
#include "detector/heap.h"
#include "detector/path.h"
#include "detector/preserve.h"
#include "detector/reorder.h"
#include "detector/shadow.h"
#include "detector/slot.h"
#include "detector/trail.h"
#include "detector/world.h"

#include <string.h>

enum { BUCKETS = 1 << 10, MARKER = 4 /* bytes into it */, LOOKED_AT = 128 /* bytes behind an argument */ };

struct site_count {
    struct site_count *next;
    uint64_t count;
    uint32_t site;
    bool adds;
};

struct counts {
    struct counts *next;
    uintptr_t wg;
    struct site_count *sites;
    struct waitgroup_round round;
};

static struct engine_lock lock;
static struct counts *heads[BUCKETS];
static uint32_t active; /* counts */
static uint64_t filter; /* a bit for each of them; those of others until there are none */

static uint64_t hash_of(uintptr_t wg) { return (wg >> 3) * 0x9e3779b97f4a7c15u; /* golden ratio, as path_hash_child */ }
static uint64_t bit_of(uintptr_t wg) { return (uint64_t)1 << (hash_of(wg) >> 48 & 63); }

static struct counts **find(uintptr_t wg) {
    struct counts **p = &heads[hash_of(wg) >> 54];

    while (*p && (*p)->wg != wg) p = &(*p)->next;
    return p;
}
_Static_assert(BUCKETS == 1 << 10, "a bucket is ten bits of the hash");

static void forget(struct counts **at) {
    struct counts *c = *at;

    if (!c) return;
    for (struct site_count *s = c->sites, *next; s; s = next) {
        next = s->next;
        arena_free(s, sizeof *s);
    }
    *at = c->next;
    arena_free(c, sizeof *c);
    __atomic_store_n(&active, active - 1, __ATOMIC_RELAXED);
    if (!active) filter = 0;
}

static void begin(struct counts **at, uintptr_t wg) {
    if (!(*at = arena_zalloc(sizeof **at))) return;
    (*at)->wg = wg;
    (*at)->round = (struct waitgroup_round){.number = tally_begin_round(), .sweeps = slot_sweeps()};
    /* relaxed: who is given a WaitGroup comes behind its Add; another's does not matter */
    __atomic_store_n(&active, active + 1, __ATOMIC_RELAXED);
    filter |= bit_of(wg);
}

static void count(struct counts **at, uintptr_t wg, uint32_t site, int64_t delta) {
    struct site_count *s;

    if (!*at) begin(at, wg);
    if (!*at) return;
    for (s = (*at)->sites; s && (s->site != site || s->adds != (delta > 0));) s = s->next;
    if (!s && (s = arena_zalloc(sizeof *s))) {
        s->site = site;
        s->adds = delta > 0;
        s->next = (*at)->sites;
        (*at)->sites = s;
    }
    if (s) s->count += (uint64_t)(delta > 0 ? delta : -delta);
}

void det_wg_add(struct det_task *t, uintptr_t wg, int64_t delta, int64_t before, uintptr_t pc) {
    ENGINE_SECTION;
    struct counts **at;

    if (unlikely(reorder_on)) preserve_operation(t);
    if (delta > 0 && before == 0) det_range(t, wg + MARKER, 1, DET_READ | DET_MARK, pc);
    world_enter(t);
    engine_lock_take(&lock);
    at = find(wg);
    if (before == 0) forget(at); /* its address was another's before */
    at = find(wg);
    if (before + delta > 0) count(at, wg, trail_site(t, pc), delta);
    if (*at) tally_count(t->record, wg, (*at)->round.number, delta);
    if (before + delta <= 0) forget(at);
    engine_lock_drop(&lock);
    world_leave(t);
}

/* -- who is given one ---------------------------------------------------------------------------------------------------- */

static bool give(struct det_task *child, uintptr_t wg) {
    struct counts *c = filter & bit_of(wg) ? *find(wg) : NULL;

    if (c) tally_give(child->record, wg, c->round.number);
    return c;
}

/* How many bytes behind the argument are sure to be there. */
static size_t bytes_behind(const struct det_task *parent, uintptr_t argument) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0); /* below it nothing need be there */
    struct heap_block b;
    size_t n = 0;

    if (here >= parent->stack_low && argument > here && argument < parent->stack_high)
        n = parent->stack_high - argument;
    else if (heap_at(argument, &b) && !b.freed) n = b.size;
    return n < LOOKED_AT ? n : LOOKED_AT;
}

static void give_what_lies_at(struct det_task *parent, struct det_task *child, uintptr_t argument) {
    size_t n = bytes_behind(parent, argument);

    for (size_t i = 0; i + sizeof(uintptr_t) <= n; i += sizeof(uintptr_t)) {
        /* relaxed: the user's memory, and who it is that changes it is not looked for here */
        uintptr_t there = __atomic_load_n((const uintptr_t *)(argument + i), __ATOMIC_RELAXED);

        give(child, argument + i);
        if (there % sizeof(uintptr_t) == 0) give(child, there);
    }
}

void det_wg_given(struct det_task *parent, struct det_task *child, const uint64_t *arguments, unsigned count) {
    if (!parent || !__atomic_load_n(&active, __ATOMIC_RELAXED)) return;
    ENGINE_SECTION;
    world_enter(parent);
    engine_lock_take(&lock);
    for (unsigned i = 0; i < count; i++) {
        if (arguments[i] < PAGE_BYTES || arguments[i] % sizeof(uintptr_t)) continue;
        if (!give(child, arguments[i])) give_what_lies_at(parent, child, arguments[i]);
    }
    engine_lock_drop(&lock);
    world_leave(parent);
}

void det_wg_wait(struct det_task *t, uintptr_t wg, uintptr_t pc) {
    ENGINE_SECTION;
    det_range(t, wg + MARKER, 1, DET_WRITE | DET_ATOMIC | DET_MARK, pc);
}

/* -- telling -------------------------------------------------------------------------------------------------------------- */

bool waitgroup_round(uintptr_t wg, struct waitgroup_round *round) {
    struct counts *c;

    engine_lock_take(&lock);
    if ((c = *find(wg))) *round = c->round;
    if (c) {
        round->missing = 0;
        for (const struct site_count *s = c->sites; s; s = s->next) round->missing += s->adds ? s->count : -s->count;
    }
    engine_lock_drop(&lock);
    return c;
}

bool waitgroup_tally(const struct task_record *r, uintptr_t wg, struct tally *out) {
    const struct tally *y;

    engine_lock_take(&lock);
    if ((y = tally_of(r, wg))) *out = *y;
    engine_lock_drop(&lock);
    return y;
}

void waitgroup_tell(uintptr_t wg, struct plight *p) {
    engine_lock_take(&lock);
    for (int adds = 1; adds >= 0; adds--)
        for (const struct site_count *s = *find(wg) ? (*find(wg))->sites : NULL; s; s = s->next) {
            struct finding_part *x;

            if (s->adds != adds) continue;
            x = plight_add(p, adds ? FINDING_ADDS : FINDING_DONES, NULL, FINDING_WG, wg, s->site);
            if (x) x->count = s->count;
        }
    engine_lock_drop(&lock);
}

void waitgroup_mark(void) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct counts *c = heads[i]; c; c = c->next)
            for (const struct site_count *s = c->sites; s; s = s->next) path_mark(s->site);
}

void waitgroup_engine_init(void) {
    memset(heads, 0, sizeof heads);
    active = 0;
    filter = 0;
    tally_engine_init();
    engine_lock_keep(&lock);
}
