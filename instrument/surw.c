/* If at each step any goroutine that can run is taken with the same probability, orders are not: of one event here and
 * k events there, the one comes last in one schedule of 2^k. If a goroutine is taken in proportion to the events that
 * it still has to make, each order of the events is met as often as any other (one of k + 1 in the example). How many
 * there are to come an earlier run has counted.
 *
 * Of all events the orders are many, and most of them are the same to the program. So each schedule selects a few:
 * those on one object, say, which goro-race draws by the seed (reports/surw.c). The walk is then uniform over the
 * orders of these: the goroutine that makes the next of them is drawn by weight; whoever else comes to one waits in
 * front of it; between them any that can go on is taken. Before a goroutine is started its events, and those of all
 * that it will start, are its parent's.
 *
 * Always true
 *  1. Counts are estimates, and only probabilities hang on them: who has more events than were counted has his turn
 *     when nobody else has any left.
 *  2. Somebody can always be taken. If all that can run wait in front of a selected event (the one drawn waits for a
 *     lock, or has ended), or nobody has made one for PATIENCE choices (others spin), one of those in front of theirs
 *     is drawn.
 *
 * A goroutine is known from one schedule to the next by its name: a hash of its parent's, and of how many that had
 * started before. Goroutines whose ids differ by TABLE share a record, the younger one's: the elder is then one of whom
 * nothing is known. */
#include "instrument/surw.h"
#include "instrument/front.h"
#include "detector/wire.h"

#include <string.h>

enum { TABLE = 1 << 10, COUNTED_MAX = WIRE_COUNTS_MAX, PATIENCE = 200 };

struct walker {
    uint64_t id, name;
    int64_t left;  /* selected events to come, with those of its children that are not there yet */
    uint32_t ever; /* children */
    bool about;    /* it is in front of a selected event */
};
struct counted {
    uint64_t name, object, value;
};
static struct {
    const uint64_t *counts; /* pairs */
    size_t count;
    uint64_t selected;
    uint64_t drawn; /* who makes the next selected event; 0: nobody yet */
    unsigned since; /* choices since it was drawn */
    bool counts_too;
    size_t counted_count;
    struct walker walkers[TABLE];
    struct counted counted[COUNTED_MAX];
} self;

/* splitmix64's output function, as in strategy.c. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

/* NULL: there is no room. */
static struct counted *counted_of(uint64_t name, uint64_t object) {
    size_t i = 0;
    while (i < self.counted_count && (self.counted[i].name != name || self.counted[i].object != object)) i++;
    if (i == COUNTED_MAX) return NULL;
    if (i == self.counted_count) self.counted[self.counted_count++] = (struct counted){.name = name, .object = object};
    return &self.counted[i];
}

static void count(uint64_t name, uint64_t object) {
    struct counted *c = counted_of(name, object);
    if (c) c->value++;
}

void surw_count(void) { self.counts_too = true; }

size_t surw_counted(const uint64_t **words) {
    _Static_assert(sizeof(struct counted) == 3 * sizeof(uint64_t), "words without a hole");
    *words = &self.counted[0].name;
    return 3 * self.counted_count;
}

/* -- goroutines ------------------------------------------------------------------------------------------------------
 * */

static int64_t expected(uint64_t name) {
    for (size_t i = 0; i + 2 <= self.count; i += 2)
        if (self.counts[i] == name) return (int64_t)self.counts[i + 1];
    return 0;
}

/* NULL: a younger one has its record. */
static struct walker *walker_of(uint64_t id) {
    struct walker *w = &self.walkers[id % TABLE];
    return w->id == id ? w : NULL;
}

static uint64_t weight(const struct walker *w) { return w && w->left > 0 ? (uint64_t)w->left : 0; }
static bool is_in_front(const struct walker *w) { return w && w->about; }

static uint64_t name_child(struct walker *parent, uint64_t id) {
    return mix(parent ? parent->name + UINT64_C(0x9e3779b97f4a7c15) * ++parent->ever : id);
}

void surw_begin(const uint64_t *counts, size_t n) {
    static bool begun;
    if (begun) memset(&self, 0, sizeof self); /* in a schedule's process it is, and its pages are not touched for it */
    begun = true;
    self.selected = n ? counts[0] : WIRE_COUNTS_ALL;
    self.counts = n ? counts + 1 : NULL;
    self.count = n ? n - 1 : 0;
    self.walkers[1] = (struct walker){.id = 1, .name = WIRE_COUNTS_MAIN, .left = expected(WIRE_COUNTS_MAIN)};
}

/* Its events are no longer its parent's. If that was to make the next one, it may be one of them. */
void surw_created(uint64_t parent, uint64_t id) {
    struct walker *p = walker_of(parent);
    uint64_t name = name_child(p, id), before = p ? weight(p) : 0;
    int64_t its = expected(name);
    if (self.counts_too && p) {
        struct counted *c = counted_of(name, WIRE_COUNTS_PARENT);
        if (c) c->value = p->name;
    }
    if (p) p->left -= its;
    self.walkers[id % TABLE] = (struct walker){.id = id, .name = name, .left = its};
    if (before && self.drawn == parent && (int64_t)(front_random() % before) < its) self.drawn = id;
}

static void make(struct walker *w) {
    if (!w || !w->about) return;
    w->about = false;
    w->left--;
    if (self.drawn == w->id) self.drawn = 0;
}

/* It may have made the last one without a choice: nobody else could run. */
void surw_about(uint64_t id, uint64_t object) {
    struct walker *w = walker_of(id);
    make(w);
    if (!w) return;
    w->about = self.selected == WIRE_COUNTS_ALL || self.selected == object;
    if (self.counts_too) count(w->name, object);
}

/* -- choosing --------------------------------------------------------------------------------------------------------
 * */

struct queue {
    unsigned n;
    uint64_t (*id_of)(const void *q, unsigned i);
    const void *q;
};

static struct walker *at(const struct queue *q, unsigned i) { return walker_of(q->id_of(q->q, i)); }

/* By weight, of those that can run, or only of those in front of an event. All the same if none has a weight. */
static void draw(const struct queue *q, bool in_front) {
    uint64_t sum = 0, count = 0, drawn;
    for (unsigned i = 0; i < q->n; i++)
        if (!in_front || is_in_front(at(q, i))) sum += weight(at(q, i)), count++;
    self.since = 0;
    self.drawn = 0;
    if (!count) return;
    drawn = front_random() % (sum ? sum : count);
    for (unsigned i = 0; i < q->n; i++) {
        const struct walker *w = at(q, i);
        uint64_t part = in_front && !is_in_front(w) ? 0 : sum ? weight(w) : 1;
        if (drawn < part) {
            self.drawn = q->id_of(q->q, i);
            return;
        }
        drawn -= part;
    }
}

static bool waits(const struct walker *w) { return is_in_front(w) && w->id != self.drawn; }

static unsigned count_free(const struct queue *q) {
    unsigned free = 0;
    for (unsigned i = 0; i < q->n; i++) free += !waits(at(q, i));
    return free;
}

unsigned surw_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    struct queue all = {n, id_of, q};
    unsigned i = 0, free;
    if (!self.drawn) draw(&all, false);
    else if (++self.since > PATIENCE) draw(&all, true);
    free = count_free(&all);
    if (!free) draw(&all, true), free = count_free(&all);
    for (unsigned skipped = (unsigned)(front_random() % free);; i++)
        if (!waits(at(&all, i)) && skipped-- == 0) break;
    make(at(&all, i));
    return i;
}
