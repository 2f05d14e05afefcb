/* Watches on frames, and the table of the last returns. */
#include "detector/frames.h"
#include "detector/access.h"
#include "detector/arena.h"
#include "detector/path.h"
#include "detector/race.h"
#include "detector/reorder.h"
#include "detector/world.h"

#include <string.h>

/* WRITTEN_MAX: a larger frame is not written whole, for time's sake: from the given address on. */
enum { WRITTEN_MAX = 4096, RETURN_BITS = 12, BLOCK_BYTES = 64 };

/* -- watches ------------------------------------------------------------------------------------------------------ */

void frames_set_floor(struct task_trail *r) { r->floor = r->base + (r->watches ? r->watches->depth : 0); }

void frames_unwatch(struct task_trail *r, uint32_t depth) {
    while (r->watches && r->watches->depth > depth) {
        struct frame_watch *w = r->watches;

        r->watches = w->outer;
        arena_free(w, sizeof *w);
    }
    frames_set_floor(r);
}

void frames_check(const struct task_trail *r) {
    goro_assert(r->floor == r->base + (r->watches ? r->watches->depth : 0));
    for (const struct frame_watch *w = r->watches; w; w = w->outer) {
        goro_assert(w->depth && r->base + w->depth < r->top && w->low < w->high);
        goro_assert(!w->outer || w->outer->depth < w->depth);
    }
}

uintptr_t det_call(const struct det_task *t, uint32_t depth) { return t->trail.base[depth].pc; }

bool det_is_watched(const struct det_task *t, uintptr_t address) {
    for (const struct frame_watch *w = t->trail.watches; w; w = w->outer)
        if (address - w->low < w->high - w->low) return true;
    return false;
}

void det_watch(struct det_task *t, uint32_t depth, uintptr_t low, uintptr_t high, uintptr_t given) {
    ENGINE_SECTION;
    struct frame_watch **at = &t->trail.watches, *w;

    if (!depth || depth > det_depth(t) || low >= high) return;
    while (*at && (*at)->depth > depth) at = &(*at)->outer;
    w = *at && (*at)->depth == depth ? *at : NULL;
    if (!w) {
        if (!(w = arena_alloc(sizeof *w))) return; /* said by whoever needs memory for more than this */
        *w = (struct frame_watch){.outer = *at, .depth = depth, .given = given};
        *at = w;
    }
    w->low = low;
    w->high = high;
    if (given < w->given || w->given < low) w->given = given;
    frames_set_floor(&t->trail);
}

/* -- sites of returns --------------------------------------------------------------------------------------------- */

/* A key's value: where the frame ended, and its size, both in words. */
enum { END_BITS = ADDRESS_BITS - 3, SIZE_BITS = 59 - END_BITS };
_Static_assert(PATH_VALUE == ((uint64_t)1 << 59) - 1, "a key has this much room");

static uint64_t key_of(uintptr_t low, uintptr_t high) {
    uint64_t words = (high - low) / 8;

    if (words >> SIZE_BITS) words = 0;
    return path_key(PATH_LEFT, words << END_BITS | high / 8);
}

uint32_t frames_left_site(const struct det_task *t, uint32_t site) { return path_child(site, t->trail.watches->left); }

bool frames_is_left(uint32_t site) { return site > PATH_LOST && path_tag_of(site) == PATH_LEFT; }

uintptr_t frames_left_at(uint32_t site, size_t *size) {
    uint64_t value = path_value(site);
    uintptr_t high = (uintptr_t)(value & (((uint64_t)1 << END_BITS) - 1)) * 8;

    *size = (size_t)(value >> END_BITS) * 8;
    return high - *size;
}

/* -- the last returns --------------------------------------------------------------------------------------------- */

struct departure {
    uintptr_t low, high;
    uint64_t stamp;
    uint32_t site;
};

static struct engine_lock lock;
static struct departure *returns; /* one for each block of addresses that hashes to a place; NULL: none yet */

static struct departure *place_of(uintptr_t block) {
    return &returns[block * 0x9e3779b97f4a7c15u >> (64 - RETURN_BITS)];
}

static void note_return(uintptr_t low, uintptr_t high, uint64_t stamp, uint32_t site) {
    engine_lock_take(&lock);
    if (!returns) returns = arena_map(sizeof *returns << RETURN_BITS);
    for (uintptr_t block = low / BLOCK_BYTES; returns && block <= (high - 1) / BLOCK_BYTES; block++)
        *place_of(block) = (struct departure){low, high, stamp, site};
    engine_lock_drop(&lock);
}

static bool find_return(uintptr_t address, struct departure *out) {
    bool found = false;

    engine_lock_take(&lock);
    if (returns) {
        *out = *place_of(address / BLOCK_BYTES);
        found = address - out->low < out->high - out->low;
    }
    engine_lock_drop(&lock);
    return found;
}

static struct entry entry_of(const struct departure *d) {
    return (struct entry){cell_of_stamp(d->stamp) | CELL_MASK, d->site | SITE_WRITE};
}

bool frames_last_left(uintptr_t address, uint64_t stamp, struct entry *e) {
    struct departure d;

    if (!find_return(address, &d) || stamp_slot(d.stamp) != stamp_slot(stamp) || d.stamp >= stamp) return false;
    *e = entry_of(&d);
    return true;
}

/* A use of a synchronisation object, at its first byte. While the owner of a frame lives nobody else has that memory, and who
 * was given what the owner has there now knows of all its returns. */
static GORO_COLD void report_use(struct det_task *t, const struct departure *d, uintptr_t object, uintptr_t pc) {
    struct access a = {
        .t = t, .word = t->word, .kind = DET_READ | DET_MARK, .address = object, .pc = pc, .size = 1, .race_count = 1};
    const struct task_record *owner = task_of_stamp(d->stamp);

    if (!owner || !owner->task) return;
    a.races[0] = entry_of(d);
    a.races[0].cell &= cell_bytes(object, 1) | ~CELL_MASK;
    race_report(&a, object & ~(uintptr_t)(GRANULE_BYTES - 1));
}

void det_uses(struct det_task *t, uintptr_t object, uintptr_t pc) {
    ENGINE_SECTION;
    struct departure d;

    if (t->ignore || reorder_on) return;
    world_enter(t);
    if (find_return(object, &d) && !task_knows(t, d.stamp)) report_use(t, &d, object, pc);
    world_leave(t);
}

void frames_mark(void) {
    for (const struct departure *d = returns; d && d < returns + ((size_t)1 << RETURN_BITS); d++) {
        if (!d->high) continue;
        path_mark(d->site);
        task_mark(d->stamp);
    }
}

void frames_engine_init(void) {
    returns = NULL;
    engine_lock_keep(&lock);
}

/* -- leaving ------------------------------------------------------------------------------------------------------ */

/* In an epoch of its own: what the task did to the bytes before, and what it will do to them as frames of other calls, are
 * told apart from this. */
static void write_frame(struct det_task *t, struct frame_watch *w, uintptr_t low, uintptr_t high, uintptr_t pc) {
    uint32_t site;

    w->left = key_of(low, high);
    if (w->low < low) low = w->low; /* arrays of variable length are given back before the end */
    if (high - low > WRITTEN_MAX) {
        low = w->given > low && w->given < high ? w->given & ~(uintptr_t)(GRANULE_BYTES - 1) : low;
        high = high - low > WRITTEN_MAX ? low + WRITTEN_MAX : high;
    }
    task_advance(t);
    det_range(t, low, high - low, DET_WRITE | DET_LEFT, pc);
    world_enter(t);
    site = frames_left_site(t, trail_site(t, pc));
    if (site != PATH_LOST) note_return(low, high, t->stamp, site);
    world_leave(t);
    task_advance(t);
}

void det_leave_watched(struct det_task *t, uintptr_t low, uintptr_t high, uintptr_t pc) {
    ENGINE_SECTION;
    struct frame_watch *w = t->trail.watches;

    if (!w || t->trail.top - 1 != t->trail.floor) return; /* the sentinel stays */
    if (w->high == high && low < high && !t->ignore && !reorder_on) write_frame(t, w, low, high, pc);
    frames_unwatch(&t->trail, w->depth - 1);
    __atomic_store_n(&t->trail.top, t->trail.top - 1, __ATOMIC_RELAXED); /* relaxed: as det_leave */
}
