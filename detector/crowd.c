/* Crowds: a hash table by slot for what is many, a short array for what is not.
 *
 * Always true
 *  1. Plain writes (freed bytes included) are in `writes`, at most one for each byte: of two, the later is ordered after
 *     the earlier or has been reported against it, and took its bytes.
 *  2. All else is in the table, in the run of places that begins at its slot's hash; a place is empty (cell 0), dead
 *     (DEAD) or taken. A run ends at an empty place.
 *  3. `used` counts places that are not empty, `of` the taken ones of each kind.
 *
 * A plain read only looks at the plain writes, its own slot's run, and (if there are any) the atomic writes; so 10,000
 * readers cost 10,000 constant steps, and the write that comes next looks at each once and sends them home. */
#include "detector/crowd.h"
#include "detector/arena.h"
#include "detector/path.h"

#include <string.h>

enum { PLACES_MIN = 64, WRITES_MAX = GRANULE_BYTES };
#define DEAD CELL_LOCK /* never in an entry */

enum kind { PLAIN_READ, ATOMIC_READ, ATOMIC_WRITE, KINDS };

struct crowd {
    struct entry writes[WRITES_MAX];
    unsigned write_count;
    uint32_t used, mask; /* places - 1 */
    uint32_t of[KINDS];
    struct entry *places;
};

static size_t table_bytes(uint32_t mask) { return ((size_t)mask + 1) * sizeof(struct entry); }

static struct entry *new_table(uint32_t mask) {
    size_t n = table_bytes(mask);

    return n <= ARENA_SMALL_MAX ? arena_zalloc(n) : arena_map(n);
}

static void free_table(struct entry *places, uint32_t mask) {
    size_t n = table_bytes(mask);

    if (n <= ARENA_SMALL_MAX) arena_free(places, n);
    else arena_unmap(places, n);
}

static bool is_taken(const struct entry *p) { return p->cell & CELL_MASK; }
static bool is_plain_write(const struct entry *e) { return e->site & SITE_WRITE && !(e->cell & CELL_ATOMIC); }

static enum kind kind_of(const struct entry *e) {
    return !(e->cell & CELL_ATOMIC) ? PLAIN_READ : e->site & SITE_WRITE ? ATOMIC_WRITE : ATOMIC_READ;
}

static uint32_t place_of(const struct crowd *c, uint64_t cell) {
    return (uint32_t)(stamp_slot(cell_stamp(cell)) * 0x9e3779b97f4a7c15u >> 32) & c->mask;
}

uint32_t crowd_size(const struct crowd *c) {
    return c->write_count + c->of[PLAIN_READ] + c->of[ATOMIC_READ] + c->of[ATOMIC_WRITE];
}

/* The table has room. */
static void put(struct crowd *c, struct entry e) {
    uint32_t i = place_of(c, e.cell);

    while (is_taken(&c->places[i])) i = (i + 1) & c->mask;
    c->used += !c->places[i].cell;
    c->places[i] = e;
    c->of[kind_of(&e)]++;
}

static void bury(struct crowd *c, struct entry *p) {
    c->of[kind_of(p)]--;
    p->cell = DEAD;
}

static void add(struct crowd *c, struct entry e) {
    if (!is_plain_write(&e)) put(c, e);
    else {
        goro_assert(c->write_count < WRITES_MAX);
        c->writes[c->write_count++] = e;
    }
}

struct crowd *crowd_new(const struct entry *entries, unsigned n) {
    struct crowd *c = arena_zalloc(sizeof *c);

    if (!c) return NULL;
    c->mask = PLACES_MIN - 1;
    c->places = new_table(c->mask);
    if (!c->places) {
        arena_free(c, sizeof *c);
        return NULL;
    }
    for (unsigned i = 0; i < n; i++) add(c, entries[i]);
    return c;
}

void crowd_free(struct crowd *c) {
    free_table(c->places, c->mask);
    arena_free(c, sizeof *c);
}

/* -- one step ------------------------------------------------------------------------------------------------- */

/* Takes from the entry the bytes that the access makes irrelevant. False if the entry is now empty. */
static bool reduce(struct access *a, struct entry *e, uint64_t mask) {
    bool settled;

    if (!(e->cell & mask)) return true;
    settled = access_settles(a, e->cell, e->site, mask);
    if (settled && !(e->site & SITE_FREED) &&
        subsumes(a->word, a->kind & DET_WRITE, e->cell, e->site & SITE_WRITE))
        e->cell &= ~mask;
    return e->cell & CELL_MASK;
}

/* Returns the bytes that are freed. */
static uint64_t reduce_writes(struct crowd *c, struct access *a, uint64_t mask) {
    unsigned kept = 0;
    uint64_t freed = 0;

    for (unsigned i = 0; i < c->write_count; i++) {
        struct entry e = c->writes[i];

        if (!reduce(a, &e, mask)) continue;
        if (e.site & SITE_FREED) freed |= e.cell & CELL_MASK;
        c->writes[kept++] = e;
    }
    c->write_count = kept;
    return freed;
}

static void reduce_place(struct crowd *c, struct access *a, struct entry *p, uint64_t mask) {
    struct entry e = *p;

    if (!is_taken(p)) return;
    if (reduce(a, &e, mask)) *p = e;
    else bury(c, p);
}

static void reduce_all(struct crowd *c, struct access *a, uint64_t mask) {
    for (uint32_t i = 0; i <= c->mask; i++) reduce_place(c, a, &c->places[i], mask);
}

static void reduce_own(struct crowd *c, struct access *a, uint64_t mask) {
    for (uint32_t i = place_of(c, a->word); c->places[i].cell; i = (i + 1) & c->mask)
        if (stamp_slot(cell_stamp(c->places[i].cell)) == a->t->slot) reduce_place(c, a, &c->places[i], mask);
}

/* Could the access conflict with, or as a write replace, anything in the table but its own task's? */
static bool must_see_all(const struct crowd *c, const struct access *a) {
    bool plain = !(a->word & CELL_ATOMIC);

    if (a->kind & DET_WRITE) return plain || c->of[PLAIN_READ];
    return plain && c->of[ATOMIC_WRITE];
}

/* Room for one more: drops what the access has made irrelevant, then doubles if still more than half full. */
static bool make_room(struct crowd *c, struct access *a, uint64_t mask) {
    struct entry *old = c->places, *fresh;
    uint32_t old_mask = c->mask, taken;

    if (c->used * 4 < (c->mask + 1) * 3) return true;
    reduce_all(c, a, mask);
    taken = c->of[PLAIN_READ] + c->of[ATOMIC_READ] + c->of[ATOMIC_WRITE];
    if (taken * 2 > c->mask) c->mask = c->mask * 2 + 1;
    fresh = new_table(c->mask);
    if (!fresh) {
        c->mask = old_mask;
        return c->used < c->mask; /* a run must still end */
    }
    c->places = fresh;
    c->used = 0;
    memset(c->of, 0, sizeof c->of);
    for (uint32_t i = 0; i <= old_mask; i++)
        if (is_taken(&old[i])) put(c, old[i]);
    free_table(old, old_mask);
    return true;
}

static unsigned take_out(const struct crowd *c, struct entry *entries) {
    unsigned n = 0;

    for (; n < c->write_count; n++) entries[n] = c->writes[n];
    for (uint32_t i = 0; i <= c->mask; i++)
        if (is_taken(&c->places[i])) entries[n++] = c->places[i];
    return n;
}

unsigned crowd_step(struct crowd *c, struct access *a, uint64_t mask, struct entry *entries) {
    struct entry e = {.cell = a->word};
    uint64_t freed = reduce_writes(c, a, mask);

    if (must_see_all(c, a)) reduce_all(c, a, mask);
    else reduce_own(c, a, mask);
    e.cell |= mask & ~freed;
    e.site = access_site(a) | (a->kind & DET_WRITE ? SITE_WRITE : 0);
    if (is_taken(&e)) {
        if (is_plain_write(&e) || make_room(c, a, mask)) add(c, e);
        else engine_degraded("no memory for all readers of one place: races with some of them may be lost");
    }
    return crowd_size(c) <= HISTORY_MAX / 2 ? take_out(c, entries) : HISTORY_MAX + 1;
}

void crowd_forget(struct crowd *c, uint64_t mask) {
    unsigned kept = 0;

    for (unsigned i = 0; i < c->write_count; i++) {
        c->writes[i].cell &= ~mask;
        if (is_taken(&c->writes[i])) c->writes[kept++] = c->writes[i];
    }
    c->write_count = kept;
    for (uint32_t i = 0; i <= c->mask; i++) {
        struct entry *p = &c->places[i];

        if (!is_taken(p)) continue;
        if (p->cell & CELL_MASK & ~mask) p->cell &= ~mask;
        else bury(c, p);
    }
}

/* -- reclaiming, checking ---------------------------------------------------------------------------------------- */

static void mark_entry(const struct entry *e) {
    path_mark(e->site & SITE_PATH);
    task_mark(cell_stamp(e->cell));
}

void crowd_mark(const struct crowd *c) {
    if (!c) return;
    for (unsigned i = 0; i < c->write_count; i++) mark_entry(&c->writes[i]);
    for (uint32_t i = 0; i <= c->mask; i++)
        if (is_taken(&c->places[i])) mark_entry(&c->places[i]);
}

void crowd_check(const struct crowd *c) {
    uint32_t used = 0, of[KINDS] = {0};
    uint64_t written = 0;

    goro_assert(c && (c->mask & (c->mask + 1)) == 0 && c->write_count <= WRITES_MAX);
    for (unsigned i = 0; i < c->write_count; i++) {
        goro_assert(is_plain_write(&c->writes[i]) && !(written & c->writes[i].cell & CELL_MASK));
        written |= c->writes[i].cell & CELL_MASK;
    }
    for (uint32_t i = 0; i <= c->mask; i++) {
        const struct entry *p = &c->places[i];

        used += p->cell != 0;
        if (!is_taken(p)) continue;
        of[kind_of(p)]++;
        for (uint32_t k = place_of(c, p->cell); k != i; k = (k + 1) & c->mask) goro_assert(c->places[k].cell);
    }
    goro_assert(used == c->used && used <= c->mask);
    for (unsigned k = 0; k < KINDS; k++) goro_assert(of[k] == c->of[k]);
}
