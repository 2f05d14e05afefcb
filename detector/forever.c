/* Blocked for ever: what the front knows of memory and goroutines, made into a mark (reach.h); and what is told of those
 * that it does not come to.
 *
 * A goroutine that waits on a mutex, WaitGroup, cond, once, semaphore or on channels without a timeout is a waiter of the
 * mark; any other is one that runs. Whoever waits only because of another (waitgraph_is_explained), or on a WaitGroup for goroutines
 * that are told of (absent_told_by), is a part of what is told of those, or not told of.
 *
 * Which finding: those that wait on WaitGroups only because nobody is left who would call Done are GW001; cycles among locks are
 * what waitgraph.c says of them, and a lock whose holder has ended is GD002, too; all others GD003, one for each place.
 *
 * Always true
 *  1. t->lost counts the looks in a row in which nothing reached t, since the wait began that t->lost_at tells.
 *
 * Threads: begin to end as detector.h says; tell on any thread. */
#include "detector/absent.h"
#include "detector/arena.h"
#include "detector/census.h"
#include "detector/forever.h"
#include "detector/leftover.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/reach.h"
#include "detector/users.h"
#include "detector/waitgraph.h"

enum { LOOKS = 2, CYCLES_MAX = 16 };

struct det_reach {
    struct reach *reach;
    uint32_t waiter; /* told of last; 0: none, a root */
};

/* What a look has changed. */
struct verdicts {
    uint64_t found, once;
    enum det_look worth;
};

/* Who was lost when the copy was made: a hash table. */
struct lost {
    const struct det_task *task; /* NULL: an empty place. Not to be followed: it may have ended since. */
    uint64_t id;
    uint32_t wait; /* its wait_changes */
};
struct det_answer {
    uint64_t work_ns; /* 0: not finished */
    uint64_t mask;
    struct lost places[];
};

/* Between an end and a tell. */
static struct {
    struct plight *told[CYCLES_MAX + GROUPS_MAX];
    unsigned count;
} found;

static bool waits_on_others(const struct task_wait *w) {
    switch (w->kind) {
    case FINDING_CHAN:
    case FINDING_SELECT:
        if (w->cases > task_wait_known(w)) return false;
        return w->object && !census_waits_for_time(w);
    case FINDING_MUTEX:
    case FINDING_RWMUTEX:
    case FINDING_WG:
    case FINDING_COND:
    case FINDING_ONCE:
    case FINDING_SEM: return true;
    default: return false;
    }
}

struct det_reach *det_reach_begin(bool (*give_up)(uint64_t words)) {
    struct det_reach *r = arena_map(sizeof *r);

    if (r && (r->reach = reach_new(give_up))) return r;
    arena_unmap(r, sizeof *r);
    return NULL;
}

void det_reach_memory(struct det_reach *r, uintptr_t low, uintptr_t high) { reach_root(r->reach, low, high); }
void det_reach_allocator(struct det_reach *r, uintptr_t low, uintptr_t high) { reach_allocator(r->reach, low, high); }
void det_reach_object(struct det_reach *r, uintptr_t object) { reach_object(r->reach, object); }

void det_reach_besides(struct det_reach *r, uintptr_t low, uintptr_t high) {
    if (r->waiter) reach_waiter_memory(r->reach, r->waiter, low, high);
    else reach_root(r->reach, low, high);
}

/* The end of main's frames. Above lie those that called it, and the environment: the C library has pointers into both all the time,
 * which would keep alive whatever main waits for. It is behind the place of main's return address, the first from above that holds
 * it. */
__attribute__((no_sanitize("address"))) static uintptr_t frames_end(const struct det_task *t, uintptr_t low) {
    enum { SEARCHED = 1 << 14 };
    const struct trail_frame *first = t->trail.base + 1; /* behind the sentinel */
    uintptr_t at = t->stack_high;

    if (t->record->kind != DET_MAIN || first >= t->trail.top) return t->stack_high;
    while (at > low && t->stack_high - at < SEARCHED) {
        at -= sizeof at;
        if (*(const uintptr_t *)at == first->pc) return at + sizeof at; /* NOLINT: a place on its stack */
    }
    return t->stack_high;
}

void det_reach_goroutine(struct det_reach *r, struct det_task *t, uintptr_t sp) {
    const struct task_wait *w = &t->wait;
    uintptr_t low = sp - t->stack_low <= t->stack_high - t->stack_low ? sp : t->stack_low; /* at the end: it is empty */

    r->waiter = 0;
    if (!waits_on_others(w)) {
        reach_root(r->reach, low, t->stack_high);
        return;
    }
    r->waiter = reach_waiter(r->reach, t, low, frames_end(t, low));
    for (uint32_t i = 0; i < task_wait_known(w); i++) reach_waits_on(r->reach, r->waiter, task_wait_object(w, i));
}

bool det_is_inside(const struct det_task *t) { return t->trail.top > t->trail.base + 1; /* the sentinel */ }

static void note(void *task, bool lost, void *arg) {
    struct det_task *t = task;
    struct verdicts *v = arg;

    if (!lost || t->lost_at != t->wait_changes) t->lost = 0;
    t->lost_at = t->wait_changes;
    if (lost && t->lost < LOOKS) t->lost = v->worth == DET_LOOK_ONE_OF_TWO ? t->lost + 1 : LOOKS;
    v->once += t->lost == 1;
    v->found += t->lost == LOOKS && !t->wait.finding;
}

bool forever_is_lost(const struct det_task *t) {
    return t->wait.kind && t->lost == LOOKS && t->lost_at == t->wait_changes;
}

static bool is_news(const struct det_task *t) { return forever_is_lost(t) && !t->wait.finding; }

/* -- telling ---------------------------------------------------------------------------------------------------------- */

static void look(struct det_task *t, void *census) {
    struct census *c = census;

    if (!is_news(t) || waitgraph_is_explained(t)) return;
    c->others += t->wait.kind != FINDING_WG;
    census_add(c, t, &t->wait);
}

/* Of the lock that is waited for, one who has ended if there is one. */
static bool find_holder(const struct task_wait *w, struct holding *out) {
    const struct holding *h = waitgraph_is_lock(w->kind) ? ownership_first(w->object) : NULL;

    while (h && h->task) h = ownership_next(h);
    if (h) *out = *h;
    return h || (waitgraph_is_lock(w->kind) && ownership_find_locked(w->object, out));
}

static struct plight *describe(const struct group *g) {
    struct holding h;
    bool held = find_holder(&g->wait, &h), ended = held && !h.task;
    struct plight *p = plight_new(ended ? "GD002" : "GD003", FINDING_ERROR, path_value(g->wait.site), g->record->entry);
    struct finding_part *holder;

    if (!p) return NULL;
    users_tell(g->record, &g->wait, plight_add_wait(p, g->record, &g->wait, g->count), p);
    holder = held ? plight_add(p, FINDING_HOLDS, h.record, (enum finding_object)h.kind, h.lock, h.site) : NULL;
    if (holder) plight_tell_place(p, holder);
    census_tell_counted(&g->wait, p);
    return p;
}

/* The finding's number goes to all that it is about. */
struct telling {
    const struct group *group;
    uint64_t number;
};

static void say(struct det_task *t, void *arg) {
    const struct telling *x = arg;

    if (is_news(t) && t->wait.site == x->group->wait.site && t->wait.kind == x->group->wait.kind &&
        t->record->entry == x->group->record->entry)
        waitgraph_say_in_vain(t, x->number);
}

/* Whose Done is missing; NULL: it is told, or others would call it if they did not wait for one that is missing. */
static struct plight *describe_missing(const struct group *g) {
    return absent_is_behind(g->wait.object) ? NULL : census_missing_done(g);
}

/* Those that wait by themselves are told of first, then who waits for one of their locks, then who waits for somebody's Done: they
 * may be parts of what has been told. */
enum order { BY_ITSELF, FOR_LOCKS, FOR_DONES, ORDERS };
static unsigned order_of(const struct group *g) {
    return g->wait.kind == FINDING_WG ? FOR_DONES : waitgraph_is_lock(g->wait.kind) ? FOR_LOCKS : BY_ITSELF;
}

/* The finding that says why the group waits; 0: none yet. */
static uint64_t told_by(const struct group *g) {
    struct holding h;

    if (order_of(g) == FOR_DONES) return absent_told_by(g->wait.object);
    if (order_of(g) != FOR_LOCKS || !ownership_find_locked(g->wait.object, &h)) return 0;
    return waitgraph_told_by(h.task);
}

/* It is a part of that finding, if that has not been handed out yet. */
static void add_behind(const struct group *g, uint64_t number) {
    for (unsigned i = 0; i < found.count; i++)
        if (plight_number(found.told[i]) == number) plight_add_wait(found.told[i], g->record, &g->wait, g->count);
}

static void tell_group(const struct group *g, bool missing) {
    struct telling x = {.group = g, .number = told_by(g)};
    struct plight *p = x.number ? NULL : missing ? describe_missing(g) : describe(g);

    if (x.number) add_behind(g, x.number);
    else x.number = p ? plight_number(p) : UINT64_MAX;
    if (p) found.told[found.count++] = p;
    task_each_alive(say, &x);
}

/* Nobody else is inside: all is as it was seen, and nobody wakes before he is marked. Cycles come first: they say why. */
static void prepare(void) {
    unsigned cycles = waitgraph_settle_proven(forever_is_lost, found.told, CYCLES_MAX);
    struct census *c = census_take(false, look);
    bool missing = false;

    found.count = cycles;
    for (uint32_t i = 0; c && i < c->count && !c->others; i++) missing |= !absent_is_behind(c->groups[i].wait.object);
    for (unsigned order = 0; order < ORDERS; order++)
        for (uint32_t i = 0; c && i < c->count; i++)
            if (order_of(&c->groups[i]) == order) tell_group(&c->groups[i], missing);
    if (c) census_free(c);
}

/* What comes of a look that took so long. */
static bool conclude(const struct verdicts *v, uint64_t work_ns, struct det_looked *looked) {
    *looked = (struct det_looked){.work_ns = work_ns, .once = v->once};
    if (v->found && v->worth != DET_LOOK_LAST) prepare();
    return found.count > 0;
}

static void end(struct det_reach *r) {
    reach_free(r->reach);
    arena_unmap(r, sizeof *r);
}

bool det_reach_end(struct det_reach *r, enum det_look worth, struct det_looked *looked) {
    struct verdicts v = {.worth = worth};

    if (reach_run(r->reach)) reach_each_waiter(r->reach, note, &v);
    bool news = conclude(&v, reach_work_ns(r->reach), looked);
    end(r);
    return news;
}

static void add_wait(struct det_task *t, void *sum) {
    uint64_t id = t->record->id, wait = __atomic_load_n(&t->wait_changes, __ATOMIC_RELAXED);

    if (waits_on_others(&t->wait))
        *(uint64_t *)sum += (id * 0x9e3779b97f4a7c15u) ^ (wait * 0xc2b2ae3d27d4eb4fu); /* odd */
}

uint64_t det_waits(void) {
    uint64_t sum = 0;

    task_each_alive(add_wait, &sum);
    return sum ? (sum ^ task_alive_count()) | 1 : 0;
}

uint64_t det_reach_expected_ns(uint64_t bytes) { return reach_expected_ns(bytes, task_alive_count()); }

/* Each stack has a page table of its own, which is copied at once, and a page that is copied when it is written next. */
uint64_t det_copy_costs_ns(void) {
    enum { STACK_NS = 20000 };

    return task_alive_count() * (uint64_t)STACK_NS;
}

/* -- a look in a copy ------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct det_task *t) { return ((uintptr_t)t >> 6) * 0x9e3779b97f4a7c15u >> 20; }

static struct lost *place_of(struct det_answer *a, const struct det_task *t) {
    uint64_t i = hash_of(t) & a->mask;

    while (a->places[i].task && a->places[i].task != t) i = (i + 1) & a->mask;
    return &a->places[i];
}

/* Places are touched where somebody is lost, and where a goroutine is looked up only. */
static size_t bytes_of(uint64_t places) { return sizeof(struct det_answer) + places * sizeof(struct lost); }
size_t det_answer_bytes(void) {
    uint64_t places = 64;

    while (places < 4 * task_alive_count()) places *= 2; /* some may come before the copy is made */
    return bytes_of(places);
}

static void write_lost(void *task, bool lost, void *arg) {
    const struct det_task *t = task;

    if (lost) *place_of(arg, t) = (struct lost){t, t->record->id, t->wait_changes};
}

void det_reach_answer(struct det_reach *r, struct det_answer *a, size_t bytes) {
    uint64_t places = 64;

    while (bytes_of(places * 2) <= bytes) places *= 2;
    a->mask = places - 1;
    if (task_alive_count() < places && reach_run(r->reach)) {
        reach_each_waiter(r->reach, write_lost, a);
        a->work_ns = reach_work_ns(r->reach);
    }
    end(r);
}

struct taking {
    struct det_answer *answer;
    struct verdicts verdicts;
};

static void take_one(struct det_task *t, void *arg) {
    struct taking *x = arg;
    const struct lost *l = place_of(x->answer, t);

    note(t, l->task && l->id == t->record->id && l->wait == t->wait_changes, &x->verdicts);
}

bool det_reach_take(const struct det_answer *a, struct det_looked *looked) {
    struct taking x = {.answer = (struct det_answer *)(uintptr_t)a};

    *looked = (struct det_looked){0};
    if (!a->work_ns) return false;
    task_each_alive(take_one, &x);
    return conclude(&x.verdicts, a->work_ns, looked);
}

void det_reach_tell(void) {
    ENGINE_SECTION;

    while (found.count) plight_emit(found.told[--found.count]);
}
