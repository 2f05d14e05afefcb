/* A list of a few entries from the task's record, the one used last first: nearly all goroutines count one WaitGroup.
 *
 * Not done: a list of goroutines for each WaitGroup. Ten thousand that call Done once make it long, and each would have
 * to be looked for in it. */
#include "detector/tally.h"
#include "detector/arena.h"

enum { TALLIES_MAX = 4 };

static uint32_t rounds;

/* relaxed: a goroutine that is started behind an Add sees its round, for it is ordered behind it */
uint32_t tally_round(void) { return __atomic_load_n(&rounds, __ATOMIC_RELAXED); }
uint32_t tally_begin_round(void) { return __atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED); }

static struct tally *at(uint32_t handle) { return handle ? arena_at(handle) : NULL; }

const struct tally *tally_of(const struct task_record *r, uintptr_t wg) {
    struct tally *y = at(r->tallies);

    while (y && y->wg != wg) y = at(y->next);
    return y;
}

/* The entry of the WaitGroup, or else the last one, taken out of the list. NULL: there is room for one more. */
static struct tally *take_out(struct task_record *r, uintptr_t wg) {
    uint32_t *link = &r->tallies;
    unsigned n = 1;
    struct tally *y = at(*link);

    if (!y) return NULL;
    for (; y->wg != wg && y->next; y = at(*link), n++) link = &y->next;
    if (y->wg != wg && n < TALLIES_MAX) return NULL;
    *link = y->next;
    return y;
}

static struct tally *find_or_make(struct task_record *r, uintptr_t wg) {
    struct tally *y = take_out(r, wg);

    if (y && y->wg != wg) r->tallies_lost = true, *y = (struct tally){.wg = wg};
    if (!y && (y = arena_zalloc(sizeof *y))) y->wg = wg;
    if (!y) {
        r->tallies_lost = true;
        return NULL;
    }
    y->next = r->tallies;
    r->tallies = arena_handle(y);
    return y;
}

static void add_to(uint32_t *sum, uint64_t n) { *sum = n < UINT32_MAX - *sum ? *sum + (uint32_t)n : UINT32_MAX; }

/* The entry, of this round. */
static GORO_NOINLINE struct tally *turn_to(struct task_record *r, uintptr_t wg, uint32_t round) {
    struct tally *y = find_or_make(r, wg);

    if (!y || y->round == round) return y;
    add_to(&y->before, y->dones);
    y->round = round;
    y->adds = y->dones = 0;
    y->given = false;
    return y;
}

void tally_count(struct task_record *r, uintptr_t wg, uint32_t round, int64_t delta) {
    struct tally *y = at(r->tallies);

    if (unlikely(!y || y->wg != wg || y->round != round)) y = turn_to(r, wg, round);
    if (y) add_to(delta > 0 ? &y->adds : &y->dones, (uint64_t)(delta > 0 ? delta : -delta));
}

void tally_give(struct task_record *r, uintptr_t wg, uint32_t round) {
    struct tally *y = turn_to(r, wg, round);

    if (y) y->given = true;
}

void tally_task_end(struct task_record *r) {
    for (struct tally *y = at(r->tallies); y; y = at(y->next)) y->ended = tally_round();
}

void tally_forget(struct task_record *r) {
    for (struct tally *y = at(r->tallies), *next; y; y = next) {
        next = at(y->next);
        arena_free(y, sizeof *y);
    }
}

void tally_engine_init(void) { rounds = 0; }
