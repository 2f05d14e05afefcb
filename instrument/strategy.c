/* The strategies by which schedules are explored.
 *
 *   probe    no switch but where a goroutine waits: shows how long the program is, for the others
 *   random   at each choice stays with the running goroutine with a probability that is the schedule's, else any
 *   pct      Burckhardt, Kothari, Musuvathi, Nagarakatte: A randomized scheduler with probabilistic guarantees of finding
 *            bugs (ASPLOS 2010). Each goroutine has a random priority, the highest runs; at depth - 1 random steps the
 *            running one falls below all. A bug of that depth is met with probability 1/(n k^(depth-1)) at least, for n
 *            goroutines and k steps.
 *   pos      partial order sampling (pos.h)
 *   surw     selectively uniform random walk (surw.h)
 *   steer    random priorities; who is at one of the places of what is predicted falls below all. Of a race, in every other
 *            schedule not each time, so that also a later one of two visits meets the other goroutine
 *   dfs      the choices that it is given (dfs.h)
 *   mixed    one or the other, and pct of different depths, by the seed
 *
 * Always true
 *  1. Everything is a function of the schedule and of the goroutines' ids, which are the same whenever the choices so far are.
 *  2. Who spins while others could run falls below all in the end: FAIR_STEPS choices in turn, or a yield.
 *
 * A priority is a hash of seed and id, so that a million goroutines cost nothing; only those that have fallen are kept, at
 * the rest of their ids by FALLEN_MAX (the later one of two: 2. asks for more places than goroutines that spin at once).
 *
 * Of a queue longer than CHOICES_MAX its two ends are the choice: who is taken makes room for one more. Else a choice
 * among n costs n steps.
 *
 * Not done: a priority for each goroutine in its record: the detector's and the runtime's are no place for a strategy's. */
#include "instrument/strategy.h"
#include "instrument/dfs.h"
#include "instrument/front.h"
#include "instrument/pos.h"
#include "instrument/surw.h"

#include <string.h>

enum { FALLEN_MAX = 1 << 14, CHOICES_MAX = 512, CHANGES_MAX = 16, FAIR_STEPS = 1000, EXPLORED_READS = 16 };

bool strategy_explores, strategy_steers;
static bool walks; /* surw, or a run that counts for it */

static struct {
    struct wire_schedule schedule;
    enum wire_strategy kind;
    uint64_t changes[CHANGES_MAX]; /* the steps at which the running one falls */
    unsigned change_count;
    uint64_t stay_mask; /* of random: a choice that has none of these bits is free */
    int64_t step_ns;    /* what a step of a few reads takes */
    uint64_t timed;     /* reads whose time was asked for */
    uint64_t steps, hash;
    uint64_t reads; /* in turn, or in all */
    bool gave_way;
    uint64_t running, in_turn; /* who was chosen last, and how often in turn */
    uint64_t lowest, places_used; /* of fallen, from the first on */
    const uint64_t *places; /* to be put aside at */
    size_t place_count;
    uint64_t visits; /* of those of a race */
} self;

static struct fallen {
    uint64_t id, priority; /* 0: nobody has fallen */
    unsigned stays;        /* for so many events; 0: for good */
} fallen[FALLEN_MAX];

/* splitmix64's output function: Steele, Lea, Flood, as in front.c. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t draw_of(uint64_t what) {
    return mix(self.schedule.seed * UINT64_C(0x9e3779b97f4a7c15) + mix(what + 1));
}

/* -- beginning ----------------------------------------------------------------------------------------------------- */

enum { DRAW_KIND = 1, DRAW_DEPTH, DRAW_STAY, DRAW_TIME, DRAW_CHANGE = 100, DRAW_PRIORITY = 1000 };
#define DRAW_VISIT (UINT64_C(1) << 40)

static void choose_changes(void) {
    uint64_t steps = self.schedule.steps ? self.schedule.steps : 1;
    self.change_count = self.schedule.depth ? self.schedule.depth - 1 : 0;
    if (self.change_count > CHANGES_MAX) self.change_count = CHANGES_MAX;
    for (unsigned i = 0; i < self.change_count; i++) self.changes[i] = 1 + draw_of(DRAW_CHANGE + i) % steps;
}

/* How fast time passes beside the steps is part of the schedule: a timeout may come before all work or after it. */
static int64_t choose_step_ns(void) {
    static const int64_t choices[] = {0, 0, 0, 0, 1000, 1000, 1000000, 50000000};
    return choices[draw_of(DRAW_TIME) % array_length(choices)];
}

void strategy_begin(const struct wire_schedule *s) {
    enum { MIXED_DEPTHS = 5, STAYS = 4 };
    strategy_explores = true;
    memset(fallen, 0, self.places_used * sizeof *fallen);
    memset(&self, 0, sizeof self);
    self.schedule = *s;
    self.kind = (enum wire_strategy)s->strategy;
    self.lowest = UINT64_C(1) << 32;
    if (self.kind == WIRE_STRATEGY_MIXED) {
        self.kind = draw_of(DRAW_KIND) & 1 ? WIRE_STRATEGY_PCT : WIRE_STRATEGY_RANDOM;
        self.schedule.depth = 1 + (uint32_t)(draw_of(DRAW_DEPTH) % MIXED_DEPTHS);
    }
    self.stay_mask = (UINT64_C(1) << draw_of(DRAW_STAY) % STAYS) - 1;
    self.step_ns = self.kind == WIRE_STRATEGY_PROBE ? 1000 : self.kind == WIRE_STRATEGY_DFS ? 0 : choose_step_ns();
    if (self.kind == WIRE_STRATEGY_PCT) choose_changes();
    if (self.kind == WIRE_STRATEGY_POS) pos_begin(s->seed);
    walks = self.kind == WIRE_STRATEGY_SURW || s->flags & WIRE_SCHEDULE_COUNT;
    if (walks) surw_begin(NULL, 0);
    if (s->flags & WIRE_SCHEDULE_COUNT) surw_count();
}

int32_t strategy_fuel(void) {
    if (self.kind == WIRE_STRATEGY_DFS) return EXPLORED_READS;
    return 1 + (int32_t)(front_random() % EXPLORED_READS);
}
/* Those that matter are choices anyway: the others only keep who waits by reading from waiting for ever. */
int32_t strategy_read_cost(void) {
    enum { READS_OF_ONE = 4, SPINNING_READS = 100000 };
    self.reads++;
    if (self.kind != WIRE_STRATEGY_DFS) return self.reads % READS_OF_ONE == 0;
    if (self.reads < SPINNING_READS) return 0;
    strategy_gave_way();
    return EXPLORED_READS;
}
/* Who looks at a clock until it shows some time must not look for ever: after many reads it goes on in any case. */
int64_t strategy_time_ns(int32_t reads) {
    enum { STILL_READS = 16000, GOES_ON_NS = 10000, STEP_READS = 8 };
    bool still = self.step_ns < GOES_ON_NS && (self.timed += (uint64_t)reads) <= STILL_READS;
    return (still || self.step_ns >= GOES_ON_NS ? self.step_ns : GOES_ON_NS) * reads / STEP_READS;
}
uint64_t strategy_steps(void) { return self.steps; }
uint64_t strategy_hash(void) { return self.hash; }

/* -- priorities ------------------------------------------------------------------------------------------------------ */

static struct fallen *find_fallen(uint64_t id) {
    struct fallen *f = &fallen[id % FALLEN_MAX];
    return f->priority && f->id == id ? f : NULL;
}

/* Above 2^63: who has fallen is below. */
static uint64_t first_priority(uint64_t id) { return draw_of(DRAW_PRIORITY + id) | UINT64_C(1) << 63; }

static uint64_t priority_of(uint64_t id) {
    const struct fallen *f = find_fallen(id);
    return f ? f->priority : first_priority(id);
}

static struct fallen *fall(uint64_t id) {
    uint64_t place = id % FALLEN_MAX;
    if (self.places_used <= place) self.places_used = place + 1;
    fallen[place] = (struct fallen){.id = id, .priority = --self.lowest};
    return &fallen[place];
}

static unsigned highest(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    unsigned best = 0;
    uint64_t most = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t p = priority_of(id_of(q, i));
        if (p >= most) most = p, best = i;
    }
    return best;
}

/* -- choosing ---------------------------------------------------------------------------------------------------------- */

/* n: the running one is not among them. */
static unsigned find_running(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    unsigned i = 0;
    while (i < n && id_of(q, i) != self.running) i++;
    return i;
}

static unsigned choose_any(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    uint64_t drawn = front_random();
    unsigned running = find_running(n, id_of, q);
    if (running < n && (drawn & self.stay_mask)) return running;
    return (unsigned)((drawn >> 32) % n);
}

static unsigned choose_by_priority(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    for (unsigned i = 0; i < self.change_count; i++)
        if (self.changes[i] == self.steps) fall(self.running);
    return highest(n, id_of, q);
}

static unsigned choose_staying(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    unsigned running = find_running(n, id_of, q), oldest = 0;
    if (running < n) return running;
    for (unsigned i = 1; i < n; i++)
        if (id_of(q, i) < id_of(q, oldest)) oldest = i;
    return oldest;
}

static unsigned choose(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    switch (self.kind) {
    case WIRE_STRATEGY_PCT:
    case WIRE_STRATEGY_STEER: return choose_by_priority(n, id_of, q);
    case WIRE_STRATEGY_PROBE: return choose_staying(n, id_of, q);
    case WIRE_STRATEGY_POS: return pos_next(n, id_of, q);
    case WIRE_STRATEGY_SURW: return surw_next(n, id_of, q);
    default: return choose_any(n, id_of, q);
    }
}

/* Falling is for the priorities; the other two give somebody else a turn. */
static unsigned choose_fairly(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    self.in_turn = 0;
    fall(self.running);
    return self.kind == WIRE_STRATEGY_PCT || self.kind == WIRE_STRATEGY_STEER ? highest(n, id_of, q)
                                                                              : (unsigned)(front_random() % n);
}

static unsigned choose_systematically(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    enum { SPINNING_STEPS = 10 * FAIR_STEPS };
    bool spins = self.in_turn >= SPINNING_STEPS, gives_way = self.gave_way || spins;
    if (spins) dfs_cut_short();
    self.gave_way = false;
    self.reads = 0;
    return dfs_next(n, id_of, q, gives_way);
}

static unsigned next_of(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    self.steps++;
    unsigned i = self.kind == WIRE_STRATEGY_DFS ? choose_systematically(n, id_of, q)
                 : self.in_turn >= FAIR_STEPS   ? choose_fairly(n, id_of, q)
                                                : choose(n, id_of, q);
    uint64_t id = id_of(q, i);
    self.in_turn = id == self.running ? self.in_turn + 1 : 0;
    self.running = id;
    self.hash = mix(self.hash + id);
    return i;
}

/* The first and the last of a long queue. */
struct ends {
    unsigned n;
    uint64_t (*id_of)(const void *q, unsigned i);
    const void *q;
};
static unsigned place_of_choice(const struct ends *e, unsigned i) {
    return i < CHOICES_MAX / 2 ? i : e->n - CHOICES_MAX + i;
}
static uint64_t id_of_choice(const void *ends, unsigned i) {
    const struct ends *e = ends;
    return e->id_of(e->q, place_of_choice(e, i));
}

unsigned strategy_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    struct ends queue = {.n = n, .id_of = id_of, .q = q};
    if (n > CHOICES_MAX && self.kind != WIRE_STRATEGY_DFS)
        return place_of_choice(&queue, next_of(CHOICES_MAX, id_of_choice, &queue));
    return next_of(n, id_of, q);
}

void strategy_gave_way(void) {
    self.gave_way = true;
    if (self.kind != WIRE_STRATEGY_DFS) self.in_turn = FAIR_STEPS;
}

unsigned strategy_case(unsigned n) {
    return self.kind == WIRE_STRATEGY_DFS ? dfs_case(n) : (unsigned)(front_random() % n);
}

void strategy_steer(const uint64_t *places, size_t n) {
    self.places = places;
    self.place_count = n;
    strategy_steers = true;
}

static bool is_place(uint64_t place) {
    for (size_t i = 0; i < self.place_count; i++)
        if (self.places[i] == place) return true;
    return false;
}

void strategy_lock_taken(uint64_t id, uint64_t pc) {
    if (is_place(pc)) fall(id);
}

bool strategy_meets(uint64_t id, uint64_t pc) {
    enum { RARELY = 8 };
    uint64_t seed = self.schedule.seed;
    if (!is_place(pc | WIRE_PLACE_RACE)) return false;
    if (seed % 2 == 0 && draw_of(DRAW_VISIT + self.visits++) % (2 + seed / RARELY)) return false;
    fall(id)->stays = 2;
    return true;
}

void strategy_begins(uint64_t id, uint64_t pc) {
    if (!strategy_meets(id, pc) && is_place(pc)) fall(id)->stays = 2;
}

/* The next event behind the one that it was put aside before: it has its priority again. */
static void rise(uint64_t id) {
    struct fallen *f = find_fallen(id);
    if (f && f->stays && --f->stays == 0) f->priority = first_priority(id);
}

void strategy_operation(uint64_t id) {
    if (self.kind == WIRE_STRATEGY_DFS) dfs_operation();
    strategy_access(id, 0, true);
}

void strategy_access(uint64_t id, uint64_t address, bool writes) {
    if (unlikely(strategy_steers)) rise(id);
    if (self.kind == WIRE_STRATEGY_POS) pos_about(id, address, writes);
    if (walks) surw_about(id, address);
}

void strategy_created(uint64_t parent, uint64_t id) {
    if (walks) surw_created(parent, id);
}
