/* Blocked for ever: what the front knows of memory and goroutines, made into a mark (reach.h); and what is told of those
 * that it does not come to.
 *
 * A goroutine that waits on a mutex, WaitGroup, cond, once, semaphore or on channels without a timeout is a waiter of the
 * mark; any other is one that runs. Whoever waits only because of another (waitgraph_is_explained) is not told of.
 *
 * Which finding: those that wait on WaitGroups only because nobody is left who would call Done are GW001; all others
 * GD003, one for each place.
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
#include "detector/path.h"
#include "detector/reach.h"
#include "detector/users.h"
#include "detector/waitgraph.h"

enum { LOOKS = 2 };

struct det_reach {
    struct reach *reach;
    uint32_t waiter; /* told of last; 0: none, a root */
};

/* What a look has changed. */
struct verdicts {
    uint64_t found, once;
    bool last; /* nobody runs any more: another look would see the same */
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
    struct plight *told[GROUPS_MAX];
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

void det_reach_goroutine(struct det_reach *r, struct det_task *t, uintptr_t sp) {
    const struct task_wait *w = &t->wait;
    uintptr_t low = sp - t->stack_low <= t->stack_high - t->stack_low ? sp : t->stack_low; /* at the end: it is empty */

    r->waiter = 0;
    if (!waits_on_others(w)) {
        reach_root(r->reach, low, t->stack_high);
        return;
    }
    r->waiter = reach_waiter(r->reach, t, low, t->stack_high);
    for (uint32_t i = 0; i < task_wait_known(w); i++) reach_waits_on(r->reach, r->waiter, task_wait_object(w, i));
}

bool det_is_inside(const struct det_task *t) { return t->trail.top > t->trail.base + 1; /* the sentinel */ }

static void note(void *task, bool lost, void *arg) {
    struct det_task *t = task;
    struct verdicts *v = arg;

    if (!lost || t->lost_at != t->wait_changes) t->lost = 0;
    t->lost_at = t->wait_changes;
    if (lost && t->lost < LOOKS) t->lost = v->last ? LOOKS : t->lost + 1;
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

static struct plight *describe(const struct group *g) {
    struct plight *p = plight_new("GD003", FINDING_ERROR, path_value(g->wait.site), g->record->entry);

    if (!p) return NULL;
    users_tell(g->record, &g->wait, plight_add_wait(p, g->record, &g->wait, g->count), p);
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

/* Nobody else is inside: all is as it was seen, and nobody wakes before he is marked. */
static void prepare(void) {
    struct census *c = census_take(false, look);
    bool missing = false;

    for (uint32_t i = 0; c && i < c->count && !c->others; i++) missing |= !absent_is_behind(c->groups[i].wait.object);
    for (uint32_t i = 0; c && i < c->count; i++) {
        struct plight *p = missing ? describe_missing(&c->groups[i]) : describe(&c->groups[i]);
        struct telling x = {.group = &c->groups[i], .number = p ? plight_number(p) : UINT64_MAX};

        task_each_alive(say, &x);
        if (p) found.told[found.count++] = p;
    }
    if (c) census_free(c);
}

/* What comes of a look that took so long. */
static bool conclude(const struct verdicts *v, uint64_t work_ns, struct det_looked *looked) {
    *looked = (struct det_looked){.work_ns = work_ns, .once = v->once};
    if (v->found && !v->last) prepare();
    return found.count > 0;
}

static void end(struct det_reach *r) {
    reach_free(r->reach);
    arena_unmap(r, sizeof *r);
}

bool det_reach_end(struct det_reach *r, bool judge_only, struct det_looked *looked) {
    struct verdicts v = {.last = judge_only};

    if (reach_run(r->reach)) reach_each_waiter(r->reach, note, &v);
    bool news = conclude(&v, reach_work_ns(r->reach), looked);
    end(r);
    return news;
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
