/* Slots, their reuse, and their tenures.
 *
 * Reuse. A slot whose owner has ended waits until somebody's child may have it: a child whose clock covers its last
 * epoch. Which child that is nobody knows in advance, so candidates are tried: first the slots that ended last (in
 * fork-join programs the parent has just heard of them), at most FRESH_TRIES; those that fail join the end of a queue
 * of old ones, of which OLD_TRIES are tried from its front. A creation costs that many look-ups at most.
 *
 * Tenures of a slot are a list from the newest to the oldest, with jump links (Myers, "An Applicative Random-Access
 * Stack", 1983): the owner of an epoch is found in logarithmic time after millions of owners.
 *
 * Always true
 *  1. A slot is owned, or waiting in exactly one of the two lists, or retired (its epochs are used up).
 *  2. A waiting slot's `end` is below slot_epoch_limit.
 *
 * Threads: all under slots.lock; a sweep holds it throughout.
 *
 * Not done: a set of waiting slots per subtree with the least last epoch, to find a match if there is one. The two
 * lists find one at once in fork-join programs, and programs that never join have none to find. */
#include "detector/slot.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/tally.h"
#include "detector/world.h"

#include <string.h>

enum {
    CHUNK_SLOTS = 4096,
    CHUNKS = (SLOT_NONE + 1) / CHUNK_SLOTS,
    FRESH_TRIES = 4,
    OLD_TRIES = 2,
    FORCED_TRIES = 64,
    BUDGET_MIN = 1 << 17
};

struct slot {
    uint64_t base;   /* waiting: the last owner's certificate */
    uint32_t last;   /* waiting or retired: the last epoch used or published */
    uint32_t end;    /* waiting or retired: the last epoch its owner came to; the next one begins after it */
    uint32_t newest; /* handle of the newest tenure's record */
    uint32_t next;   /* waiting: in its list, slot + 1; 0 ends it */
    bool waiting;
};

static struct {
    struct engine_lock lock;
    uint32_t count, limit;                /* given out ever; how many there are */
    uint32_t fresh, old_first, old_last;  /* slot + 1; 0: none */
    uint32_t tenures, budget, budget_min; /* records; when to sweep them */
    uint32_t sweeps;                      /* how often */
    bool sweeping;
    struct slot *chunks[CHUNKS];
} slots;
static uint32_t test_slots, test_epochs, test_budget;
uint32_t slot_epoch_limit;

static struct slot *slot_at(uint32_t s) { return &slots.chunks[s / CHUNK_SLOTS][s % CHUNK_SLOTS]; }
static struct task_record *record_at(uint32_t handle) { return handle ? arena_at(handle) : NULL; }

/* -- the two lists ---------------------------------------------------------------------------------------------- */

static uint32_t pop_fresh_locked(void) {
    uint32_t s = slots.fresh - 1;
    slots.fresh = slot_at(s)->next;
    return s;
}

static uint32_t pop_old_locked(void) {
    uint32_t s = slots.old_first - 1;
    slots.old_first = slot_at(s)->next;
    if (!slots.old_first) slots.old_last = 0;
    return s;
}

static void push_old_locked(uint32_t s) {
    slot_at(s)->next = 0;
    if (slots.old_last) slot_at(slots.old_last - 1)->next = s + 1;
    else slots.old_first = s + 1;
    slots.old_last = s + 1;
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static bool is_covered(uint32_t s, const struct clock_tree *clock) { return clock_get(clock, s) >= slot_at(s)->last; }

static bool reuse_exactly_locked(const struct clock_tree *clock, uint32_t *found) {
    for (unsigned i = 0; i < FRESH_TRIES && slots.fresh; i++) {
        *found = pop_fresh_locked();
        if (is_covered(*found, clock)) return true;
        push_old_locked(*found);
    }
    for (unsigned i = 0; i < OLD_TRIES && slots.old_first; i++) {
        *found = pop_old_locked();
        if (is_covered(*found, clock)) return true;
        push_old_locked(*found);
    }
    return false;
}

static bool add_slot_locked(uint32_t *added) {
    if (slots.count == slots.limit) return false;
    uint32_t s = slots.count++;
    if (s % CHUNK_SLOTS == 0) slots.chunks[s / CHUNK_SLOTS] = arena_map_essential(CHUNK_SLOTS * sizeof(struct slot));
    *added = s;
    return true;
}

/* There is none left. A slot whose last owner knew no more than the new one does: only the order of that owner's own
 * accesses before the new one is invented. */
static bool reuse_forced_locked(struct clock_tree *clock, uint32_t *found) {
    for (unsigned i = 0; i < FORCED_TRIES && (slots.fresh || slots.old_first); i++) {
        *found = slots.fresh ? pop_fresh_locked() : pop_old_locked();
        struct slot *s = slot_at(*found);
        if (clock_get(clock, stamp_slot(s->base)) >= stamp_epoch(s->base)) {
            clock_raise(clock, *found, s->last);
            return true;
        }
        push_old_locked(*found);
    }
    return false;
}

static uint32_t choose_slot_locked(struct clock_tree *clock) {
    uint32_t s;
    if (reuse_exactly_locked(clock, &s) || add_slot_locked(&s)) return s;
    engine_degraded("out of slots: some accesses of some goroutines are not checked");
    return reuse_forced_locked(clock, &s) ? s : SLOT_NONE;
}

static void enter_tenure_locked(struct slot *s, struct task_record *owner) {
    struct task_record *older = record_at(s->newest), *jump = older ? record_at(older->jump) : NULL;
    owner->older = s->newest;
    owner->index = older ? older->index + 1 : 0;
    owner->jump = s->newest;
    if (jump && older->index - jump->index == jump->index - (jump->jump ? record_at(jump->jump)->index : 0))
        owner->jump = jump->jump;
    s->newest = arena_handle(owner);
    if (++slots.tenures > slots.budget) gate_set(GATE_WANTED); /* acted on at an entry */
}

uint64_t slot_take(struct clock_tree *clock, struct task_record *owner) {
    engine_lock_take(&slots.lock);
    uint32_t n = choose_slot_locked(clock);
    owner->slot = n;
    owner->first = 1;
    if (n != SLOT_NONE) {
        struct slot *s = slot_at(n);
        s->waiting = false;
        owner->first = s->end + 1;
        enter_tenure_locked(s, owner);
    }
    engine_lock_drop(&slots.lock);
    return stamp_make(n, owner->first);
}

void slot_give(uint64_t last, uint32_t end, uint64_t base) {
    uint32_t n = stamp_slot(last);
    if (n == SLOT_NONE) return;
    engine_lock_take(&slots.lock);
    struct slot *s = slot_at(n);
    s->last = stamp_epoch(last);
    s->end = end;
    s->base = base;
    s->waiting = s->end < slot_epoch_limit;
    if (s->waiting) {
        s->next = slots.fresh;
        slots.fresh = n + 1;
    }
    engine_lock_drop(&slots.lock);
}

static struct task_record *find_owner_locked(uint64_t stamp) {
    uint32_t n = stamp_slot(stamp), epoch = stamp_epoch(stamp);
    struct task_record *r = n < slots.count ? record_at(slot_at(n)->newest) : NULL;
    while (r && r->first > epoch) {
        struct task_record *jump = record_at(r->jump);
        r = jump && jump->first > epoch ? jump : record_at(r->older);
    }
    return r;
}

const struct task_record *slot_owner(uint64_t stamp) {
    engine_lock_take(&slots.lock);
    const struct task_record *r = find_owner_locked(stamp);
    engine_lock_drop(&slots.lock);
    return r;
}

/* -- forgetting tenures --------------------------------------------------------------------------------------------
 * A program that makes a goroutine per request makes a tenure per request. When there are many, the stopped world marks
 * those that a cell, a history or a block names, and the others go. */

void slot_sweep_begin(void) {
    engine_lock_take(&slots.lock); /* until the end: nobody who is inside the world waits for it */
    slots.sweeping = slots.tenures > slots.budget;
}

void slot_mark(uint64_t stamp) {
    struct task_record *r = slots.sweeping ? find_owner_locked(stamp) : NULL;
    if (r) r->marked = true;
}

static void forget_tenure(struct task_record *r) {
    tally_forget(r);
    if (r->name) arena_free(arena_at(r->name), TASK_NAME_MAX);
    arena_free(r, sizeof *r);
}

/* The list from its oldest on, linked by `older` the other way round. */
static uint32_t reverse_tenures(uint32_t newest) {
    uint32_t reversed = 0;
    while (newest) {
        struct task_record *r = record_at(newest);
        uint32_t older = r->older;
        r->older = reversed;
        reversed = newest;
        newest = older;
    }
    return reversed;
}

static void sweep_slot_locked(struct slot *s) {
    uint32_t next = reverse_tenures(s->newest), newest = s->newest;
    s->newest = 0;
    while (next) {
        struct task_record *r = record_at(next);
        bool kept = next == newest || r->task || r->marked || r->pinned;
        next = r->older;
        r->marked = false;
        if (kept) enter_tenure_locked(s, r);
        else forget_tenure(r);
    }
}

void slot_sweep_end(void) {
    if (slots.sweeping) {
        slots.tenures = 0;
        for (uint32_t i = 0; i < slots.count; i++) sweep_slot_locked(slot_at(i));
        slots.budget = 2 * slots.tenures > slots.budget_min ? 2 * slots.tenures : slots.budget_min;
        slots.sweeps++;
        slots.sweeping = false;
    }
    engine_lock_drop(&slots.lock);
}

const struct task_record *slot_find_owner(uint64_t id) {
    const struct task_record *found = NULL;
    engine_lock_take(&slots.lock);
    for (uint32_t i = 0; i < slots.count && !found; i++)
        for (found = record_at(slot_at(i)->newest); found && found->id != id;) found = record_at(found->older);
    engine_lock_drop(&slots.lock);
    return found;
}

void slot_each_record(void (*visit)(const struct task_record *r, void *arg), void *arg) {
    engine_lock_take(&slots.lock);
    for (uint32_t i = 0; i < slots.count; i++)
        for (const struct task_record *r = record_at(slot_at(i)->newest); r; r = record_at(r->older))
            if (!r->moved_to) visit(r, arg);
    engine_lock_drop(&slots.lock);
}

uint32_t slot_sweeps(void) { return slots.sweeps; }

uint32_t slot_count(void) { return __atomic_load_n(&slots.count, __ATOMIC_RELAXED); /* a statistic */ }

/* -- start, end, check ------------------------------------------------------------------------------------------------ */

void slot_limits(uint32_t count, uint32_t epochs) {
    test_slots = count;
    test_epochs = epochs;
}

void slot_tenure_budget(uint32_t tenures) { test_budget = tenures; }

void slot_engine_init(void) {
    memset(&slots, 0, sizeof slots);
    engine_lock_keep(&slots.lock);
    slots.budget = slots.budget_min = test_budget ? test_budget : BUDGET_MIN;
    slots.limit = test_slots ? test_slots : SLOT_NOBODY;
    slot_epoch_limit = test_epochs ? test_epochs : EPOCH_MAX - 1;
}

void slot_engine_fini(void) {
    for (uint32_t i = 0; i < CHUNKS && slots.chunks[i]; i++)
        arena_unmap(slots.chunks[i], CHUNK_SLOTS * sizeof(struct slot));
}

static uint32_t check_list(uint32_t first) {
    uint32_t n = 0;
    for (uint32_t s = first; s; s = slot_at(s - 1)->next, n++) {
        goro_assert(slot_at(s - 1)->waiting && slot_at(s - 1)->end < slot_epoch_limit);
        goro_assert(n <= slots.count);
    }
    return n;
}

void slot_check(void) {
    uint32_t waiting = 0;
    for (uint32_t i = 0; i < slots.count; i++) {
        waiting += slot_at(i)->waiting;
        for (const struct task_record *r = record_at(slot_at(i)->newest), *older; r; r = older) {
            older = record_at(r->older);
            goro_assert(r->slot == i && (!older || (older->first < r->first && older->index + 1 == r->index)));
        }
    }
    goro_assert(check_list(slots.fresh) + check_list(slots.old_first) == waiting);
}
