/* Who waits, at the two moments when that is final: nothing can run any more, and main has returned.
 *
 * Goroutines that wait at the same place alike are one group; the first of them, by its number, stands for all.
 *
 * Which finding a program gets (one mistake, one finding):
 *  - GD001 is left out if a cycle was reported (GD002, GM002) and stands: that is why all are asleep. Likewise if all wait
 *    on NULL channels: each was told of when it began (GC003).
 *  - GW001 comes instead of GD001 if nobody is left who could call Done: all wait on WaitGroups. Left out are those that
 *    wait for goroutines which wait on another of them; if that is true of all, it is GD001 after all.
 *  - GL001 is left out for goroutines that another finding says wait in vain, or that wait behind such a one, be it for its Done,
 *    and for those that time or I/O wakes, or that wait on a NULL channel (GC003). If the lock's holder has ended it is GD002
 *    instead, and GW001 as above.
 *
 * Threads: det_all_asleep when nothing runs; det_main_returned on main. Others may run meanwhile with --parallel: what
 * they wait on is copied while it does not change. */
#include "detector/census.h"
#include "detector/absent.h"
#include "detector/arena.h"
#include "detector/forever.h"
#include "detector/leftover.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/users.h"
#include "detector/waitgraph.h"
#include "detector/waitgroup.h"
#include "detector/world.h"

#include <stdlib.h>

bool census_waits_for_time(const struct task_wait *w) {
    if (w->kind >= FINDING_PTHREAD_COND) return true; /* whom it waits for is not known */
    if (w->kind == FINDING_SLEEP || w->kind == FINDING_IO || w->kind == FINDING_TIMER) return true;
    if (w->kind != FINDING_CHAN && w->kind != FINDING_SELECT) return false;
    if (leftover_is_timer(w->object)) return true;
    for (uint32_t i = 1; i < task_wait_known(w); i++)
        if (leftover_is_timer(task_wait_object(w, i))) return true;
    return false;
}

static bool waits_on_nil(const struct task_wait *w) { return w->kind == FINDING_CHAN && !w->object; }

bool group_is_same(const struct group *g, const struct det_task *t, const struct task_wait *w) {
    return g->wait.site == w->site && g->wait.kind == w->kind && g->record->entry == t->record->entry;
}

void group_add(struct group *g, const struct det_task *t, const struct task_wait *w) {
    if (!g->count || t->record->id < g->record->id) {
        g->wait = *w;
        g->record = t->record;
    }
    g->count++;
    g->lost += forever_is_lost(t);
}

void census_add(struct census *c, struct det_task *t, const struct task_wait *w) {
    uint32_t i = 0;

    while (i < c->count && !group_is_same(&c->groups[i], t, w)) i++;
    if (i == GROUPS_MAX) {
        c->omitted++;
        return;
    }
    c->count += i == c->count;
    group_add(&c->groups[i], t, w);
}

static bool is_explained(struct det_task *t) {
    bool explained;

    engine_lock_take(&graph_lock);
    explained = waitgraph_is_explained(t);
    engine_lock_drop(&graph_lock);
    return explained;
}

static void look(struct det_task *t, void *arg) {
    struct census *c = arg;
    struct task_wait w;
    bool waits;

    if (t->record->kind == DET_THREAD && !t->wait.kind) return;
    if (!c->all && t->record->kind != DET_GOROUTINE) return;
    waits = waitgraph_read(t, &w);
    c->others += !waits || w.kind != FINDING_WG;
    if (waits && (c->all || (!is_explained(t) && !census_waits_for_time(&w) && !waits_on_nil(&w))))
        census_add(c, t, &w);
}

static int by_id(const void *a, const void *b) {
    const struct group *x = a, *y = b;

    return x->record->id < y->record->id ? -1 : x->record->id > y->record->id;
}

struct census *census_take(bool all, void (*visit)(struct det_task *t, void *census)) {
    struct census *c = arena_map(sizeof *c);

    if (!c) {
        engine_degraded("no memory to see who waits: it is not reported");
        return NULL;
    }
    c->all = all;
    task_each_alive(visit, c);
    qsort(c->groups, c->count, sizeof *c->groups, by_id);
    return c;
}

void census_free(struct census *c) { arena_unmap(c, sizeof *c); }

/* -- what is told of a group ---------------------------------------------------------------------------------------------- */

/* Who holds the lock that the group waits for. While the world is held. */
static bool find_holder(const struct group *g, struct holding *h) {
    return waitgraph_is_lock(g->wait.kind) && ownership_find(g->wait.object, h);
}

static void add_holder(struct plight *p, const struct holding *h) {
    plight_add(p, FINDING_HOLDS, h->record, (enum finding_object)h->kind, h->lock, h->site);
}

struct plight *census_missing_done(const struct group *g) {
    struct plight *p = plight_new("GW001", FINDING_ERROR, path_value(g->wait.site), g->wait.kind);

    if (!p) return NULL;
    plight_add_wait(p, g->record, &g->wait, g->count);
    census_tell_counted(&g->wait, p);
    return p;
}

void census_tell_counted(const struct task_wait *w, struct plight *p) {
    if (w->kind != FINDING_WG || plight_tells_of(p, w->object)) return;
    waitgroup_tell(w->object, p);
    absent_tell(w->object, p);
}

/* False: others would call Done, if they did not wait themselves. `also`: the code whose rule it meets besides; NULL: none. */
static bool report_missing_done(const struct group *g, const char *also) {
    struct plight *p = NULL;
    bool behind;

    world_hold();
    behind = absent_is_behind(g->wait.object);
    if (!behind) p = census_missing_done(g);
    world_release();
    if (p && also) plight_say_also(p, also);
    if (p) plight_emit(p);
    return !behind;
}

static bool is_said(uintptr_t wg) {
    bool said;

    engine_lock_take(&graph_lock);
    said = absent_told_by(wg) != 0;
    engine_lock_drop(&graph_lock);
    return said;
}

/* Besides who waits: who holds the lock, or where was counted. */
static void report_left(const struct group *g) {
    struct holding h = {0};
    bool held, ended;

    world_hold();
    held = find_holder(g, &h);
    ended = held && !h.task;
    if ((held && h.task && h.task->wait.finding) || /* its holder's is the mistake, and told */
        (g->wait.kind == FINDING_WG && is_said(g->wait.object))) {
        world_release();
        return;
    }
    struct plight *p = plight_new(ended ? "GD002" : "GL001", ended ? FINDING_ERROR : FINDING_WARNING,
                                  path_value(g->wait.site), g->record->entry);

    if (p) {
        struct finding_part *x = plight_add_wait(p, g->record, &g->wait, g->count);
        if (x) x->forever = g->lost == g->count;
        if (held) add_holder(p, &h);
        census_tell_counted(&g->wait, p);
        users_tell(g->record, &g->wait, x, p);
    }
    world_release();
    if (p) plight_emit(p);
}

/* -- the calls --------------------------------------------------------------------------------------------------------- */

static bool all_wait_on_nil(const struct census *c) {
    for (uint32_t i = 0; i < c->count; i++)
        if (!waits_on_nil(&c->groups[i].wait)) return false;
    return c->count && !c->omitted;
}

/* Who used the channels that are waited on, and who was to count down. */
static void tell_users(const struct census *c, struct finding_part *const *waits, struct plight *p) {
    for (uint32_t i = 0; i < c->count; i++)
        users_tell(c->groups[i].record, &c->groups[i].wait, waits[i], p);
    for (uint32_t i = 0; i < c->count; i++) census_tell_counted(&c->groups[i].wait, p);
}

/* All that are asleep; `mark` is called with its number for each that waits, NULL: not. */
static void report_all_asleep(void (*mark)(struct det_task *t, void *number)) {
    struct holding h;
    struct census *c;
    bool told = false;

    waitgraph_settle();
    c = census_take(true, look);
    if (!c) return;
    for (uint32_t i = 0; i < c->count && !c->others; i++) told |= report_missing_done(&c->groups[i], "GD001");
    if (!told && !waitgraph_standing() && !all_wait_on_nil(c)) {
        world_hold();
        struct finding_part *waits[GROUPS_MAX];
        struct plight *p = plight_new("GD001", FINDING_ERROR, 0, 0);

        for (uint32_t i = 0; p && i < c->count; i++) {
            waits[i] = plight_add_wait(p, c->groups[i].record, &c->groups[i].wait, c->groups[i].count);
            if (find_holder(&c->groups[i], &h) && !h.task) add_holder(p, &h); /* the others are parts already */
        }
        if (p) tell_users(c, waits, p);
        if (p) plight_omit(p, c->omitted);
        uint64_t number = p ? plight_number(p) : UINT64_MAX;
        if (mark) task_each_alive(mark, &number);
        world_release();
        if (p) plight_emit(p);
    }
    census_free(c);
}

void det_all_asleep(void) {
    ENGINE_SECTION;
    report_all_asleep(NULL);
}

/* -- threads only -------------------------------------------------------------------------------------------------------- */

struct thread_count {
    bool (*ours)(enum finding_object kind, uintptr_t object);
    uint64_t changes;
    unsigned waiting;
    bool others;
};

static bool waits_for_a_thread(const struct task_wait *w) {
    return w->kind >= FINDING_PTHREAD_MUTEX && w->kind != FINDING_PTHREAD_SPIN;
}

static void count_thread(struct det_task *t, void *arg) {
    struct thread_count *n = arg;
    struct task_wait w;

    if (t->record->kind == DET_THREAD && !t->record->parent_id) return; /* nobody's: it is counted by the kernel */
    if (n->others || t->record->kind == DET_GOROUTINE || !waitgraph_read(t, &w) || !waits_for_a_thread(&w) ||
        (n->ours && !n->ours((enum finding_object)w.kind, w.object))) {
        n->others = true;
        return;
    }
    n->waiting++;
    n->changes = n->changes * 31 + t->record->id + __atomic_load_n(&t->wait_changes, __ATOMIC_RELAXED);
}

unsigned det_threads_wait(uint64_t *changes, bool (*ours)(enum finding_object kind, uintptr_t object)) {
    ENGINE_SECTION;
    struct thread_count n = {.ours = ours};

    task_each_alive(count_thread, &n);
    *changes = n.changes;
    return n.others ? 0 : n.waiting;
}

static void say_asleep(struct det_task *t, void *number) {
    if (t->wait.kind && !t->wait.finding) waitgraph_say_in_vain(t, *(uint64_t *)number);
}

void det_threads_asleep(void) {
    ENGINE_SECTION;
    report_all_asleep(say_asleep);
}

void det_main_returned(void) {
    ENGINE_SECTION;
    struct census *c;
    bool told = false;

    waitgraph_settle();
    c = census_take(false, look);
    if (!c) return;
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->groups[i].wait.kind != FINDING_WG || c->others) report_left(&c->groups[i]);
        else told |= report_missing_done(&c->groups[i], NULL);
    }
    for (uint32_t i = 0; i < c->count && !told && !c->others; i++) /* all behind each other */
        if (c->groups[i].wait.kind == FINDING_WG) report_left(&c->groups[i]);
    leftover_report();
    census_free(c);
}
