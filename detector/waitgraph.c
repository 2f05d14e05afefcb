/* The wait-for graph: at each block on a lock, the holders of that lock, what they wait for, and so on. A way back to
 * the task that blocks is a deadlock (Holt, Some deadlock properties of computer systems, 1972), whatever else runs.
 *
 * One test covers self-locks, upgrades and readers: who waits for a lock in whatever mode waits for all who hold it,
 * since a reader only waits behind a writer who waits for the readers. A cycle of one goroutine is GM002, a longer one
 * GD002. Only a task that holds something can close a cycle, so the others are not searched for.
 *
 * A goroutine may unlock what another has locked (Go allows it), so a cycle of goro's locks is only a suspicion: somebody
 * outside of it may be about to end it. It is told when it has, or will have, stood for SETTLE_NS, when nothing that still runs can reach its
 * locks, when all are asleep, or when main returns; not at all if one of its locks was ever unlocked by another than its owner. If it ends later, it is
 * withdrawn. Unlocking another's pthread mutex is undefined, so those cycles are certain.
 *
 * Always true
 *  1. t->wait.kind != 0 exactly while t waits, as far as the front has told.
 *  2. t->wait.entered, under graph_lock: it waits for a lock while it holds others, and those are in ownership.c's table.
 *     Only such a task is in a cycle. The waits of others are no concern of anybody's but who takes a census, and
 *     change without a lock: one writer at a time, and a counter that is odd meanwhile.
 *  3. Under graph_lock: `standing` counts the tasks whose wait.cycle is set, `suspects` those whose wait.suspect is.
 *
 * Threads: any; the task that blocks by its own, a wake-up by anybody's. */
#include "detector/waitgraph.h"
#include "detector/arena.h"
#include "detector/lockorder.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/plight.h"
#include "detector/preserve.h"
#include "detector/reorder.h"
#include "detector/trail.h"
#include "detector/world.h"

#include <string.h>

enum { CYCLE_MAX = FINDING_PARTS_MAX, SUSPECTS_MAX = 16, SETTLE_NS = 60000000 };

struct engine_lock graph_lock;
static struct {
    uint32_t searches;
    uint64_t standing, suspects;
} graph;

static bool is_pthread_lock(unsigned kind) {
    return kind == FINDING_PTHREAD_MUTEX || kind == FINDING_PTHREAD_RWLOCK || kind == FINDING_PTHREAD_SPIN;
}
bool waitgraph_is_lock(unsigned kind) {
    return kind == FINDING_MUTEX || kind == FINDING_RWMUTEX || is_pthread_lock(kind);
}

/* -- searching ------------------------------------------------------------------------------------------------------ */

/* Does t, which waits for what h holds, wait for h's task? Readers do not wait for each other. */
static bool waits_for(const struct det_task *t, const struct holding *h) {
    if (!h->task) return false;
    return !h->read || t->wait.how == DET_BLOCK_PLAIN || (t->wait.how == DET_BLOCK_READ_BEHIND && h->task == t);
}

/* The task that closes the way from t's lock back to t; its `cause` leads back along it. NULL: there is none. Each task
 * is visited once; those still to be visited are linked through `todo`. */
static struct det_task *find_closing(struct det_task *t) {
    struct det_task *todo[CYCLE_MAX], *at = t;
    unsigned left = 0;

    t->wait.search = ++graph.searches;
    t->wait.cause = NULL;
    for (;;) {
        for (const struct holding *h = ownership_first(at->wait.object); h; h = ownership_next(h)) {
            struct det_task *holder = h->task;

            if (!waits_for(at, h)) continue;
            if (holder == t) return at;
            if (!waitgraph_is_lock(holder->wait.kind) || holder->wait.search == graph.searches || left == CYCLE_MAX)
                continue;
            holder->wait.search = graph.searches;
            holder->wait.cause = at;
            todo[left++] = holder;
        }
        if (!left) return NULL;
        at = todo[--left];
    }
}

static unsigned count_cycle(struct det_task *closing) {
    unsigned n = 0;

    for (struct det_task *at = closing; at; at = at->wait.cause) n++;
    return n;
}

static bool is_certain(struct det_task *closing) {
    for (struct det_task *at = closing; at; at = at->wait.cause)
        if (at->wait.kind == FINDING_MUTEX || at->wait.kind == FINDING_RWMUTEX) return false;
    return true;
}

/* -- telling ---------------------------------------------------------------------------------------------------------- */

void waitgraph_say_in_vain(struct det_task *t, uint64_t number) { t->wait.finding = number; }

static void say_in_cycle(struct det_task *t, uint64_t number) {
    graph.standing += !t->wait.cycle;
    t->wait.cycle = true;
    waitgraph_say_in_vain(t, number);
}

/* t first, then whom it waits for, and so on round. */
static struct plight *describe(struct det_task *t, struct det_task *closing) {
    struct det_task *members[CYCLE_MAX];
    unsigned n = count_cycle(closing), i = n;
    struct plight *p;

    if (n > CYCLE_MAX) return NULL;
    for (struct det_task *at = closing; at; at = at->wait.cause) members[--i] = at;
    p = plight_new(n > 1 ? "GD002" : "GM002", FINDING_ERROR, path_value(t->wait.site), path_value(closing->wait.site));
    for (i = 0; i < n; i++) {
        say_in_cycle(members[i], p ? plight_number(p) : UINT64_MAX);
        if (p) plight_add_wait(p, members[i]->record, &members[i]->wait, 1);
    }
    return p;
}

/* t waits for a lock that only a thread could unlock which has ended: nobody may do it for another. */
static struct plight *describe_stranded(struct det_task *t) {
    const struct holding *h = is_pthread_lock(t->wait.kind) ? ownership_first(t->wait.object) : NULL;
    struct plight *p;

    while (h && h->task) h = ownership_next(h);
    if (!h || t->wait.finding) return NULL;
    p = plight_new("GD002", FINDING_ERROR, path_value(t->wait.site), path_value(h->site));
    say_in_cycle(t, p ? plight_number(p) : UINT64_MAX);
    if (p) {
        plight_add_wait(p, t->record, &t->wait, 1);
        plight_add(p, FINDING_HOLDS, h->record, (enum finding_object)h->kind, h->lock, h->site);
    }
    return p;
}

/* A suspicion that is old enough, or `proven`, looked at again. */
struct settling {
    uint64_t age_ns; /* at least */
    bool (*proven)(const struct det_task *t);
    struct plight *told[SUSPECTS_MAX];
    unsigned count;
};

static bool is_settled(const struct settling *s, const struct det_task *t) {
    return s->proven ? s->proven(t) : plight_now_ns(t->wait.kind) - t->wait.since_ns >= s->age_ns;
}

static void settle_one(struct det_task *t, void *arg) {
    struct settling *s = arg;
    struct det_task *closing;

    if (!__atomic_load_n(&t->wait.suspect, __ATOMIC_RELAXED) || s->count == SUSPECTS_MAX) return;
    engine_lock_take(&graph_lock);
    if (t->wait.suspect && is_settled(s, t)) {
        t->wait.suspect = false;
        graph.suspects--;
        closing = find_closing(t);
        if (closing && (s->told[s->count] = describe(t, closing))) s->count++;
    }
    engine_lock_drop(&graph_lock);
}

static void settle(uint64_t age_ns) {
    ENGINE_SECTION;
    struct settling s = {.age_ns = age_ns};

    world_hold();
    task_each_alive(settle_one, &s);
    world_release();
    for (unsigned i = 0; i < s.count; i++) plight_emit(s.told[i]);
}

unsigned waitgraph_settle_proven(bool (*proven)(const struct det_task *t), struct plight **out, unsigned room) {
    struct settling s = {.proven = proven, .count = room < SUSPECTS_MAX ? SUSPECTS_MAX - room : 0};
    unsigned before = s.count;

    if (!graph.suspects) return 0;
    task_each_alive(settle_one, &s);
    memcpy(out, s.told + before, (s.count - before) * sizeof *out);
    return s.count - before;
}

/* -- the calls -------------------------------------------------------------------------------------------------------- */

/* Around each change of a wait. Pairs with waitgraph_read. */
static void begin_change(struct det_task *t) {
    __atomic_store_n(&t->wait_changes, t->wait_changes + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}
static void end_change(struct det_task *t) {
    __atomic_store_n(&t->wait_changes, t->wait_changes + 1, __ATOMIC_RELEASE);
}

bool waitgraph_read(const struct det_task *t, struct task_wait *out) {
    uint32_t before = __atomic_load_n(&t->wait_changes, __ATOMIC_ACQUIRE); /* pairs with end_change */

    *out = t->wait;
    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* pairs with begin_change */
    return !(before & 1) && before == __atomic_load_n(&t->wait_changes, __ATOMIC_RELAXED) && out->kind;
}

/* Whoever takes a census meanwhile may look at what is freed here: it stays readable, and nothing is followed. */
static bool grow_rest(struct task_wait *w) {
    uint32_t room = w->rest_room ? 2 * w->rest_room : 4;
    uintptr_t *rest = room * sizeof *rest <= ARENA_SMALL_MAX ? arena_alloc(room * sizeof *rest) : NULL;

    if (!rest || w->cases > TASK_WAIT_FIRST + w->rest_room) { /* one was lost already */
        arena_free(rest, room * sizeof *rest);
        return false;
    }
    if (w->rest) memcpy(rest, w->rest, w->rest_room * sizeof *rest);
    arena_free(w->rest, w->rest_room * sizeof *rest);
    w->rest = rest;
    w->rest_room = room;
    return true;
}

/* A further case of a select. One that time ends is no wait in vain. */
static void add_case(struct task_wait *w, enum finding_object kind, uintptr_t object) {
    if (w->cases < TASK_WAIT_FIRST) w->more[w->cases - 1] = object;
    else if (w->cases - TASK_WAIT_FIRST < w->rest_room || grow_rest(w)) w->rest[w->cases - TASK_WAIT_FIRST] = object;
    w->cases++;
    w->kind = kind == FINDING_SLEEP || w->kind == FINDING_SLEEP ? FINDING_SLEEP : FINDING_SELECT;
}

static void suspect(struct det_task *t) {
    t->wait.suspect = true;
    /* relaxed: det_tick looks again */
    __atomic_store_n(&graph.suspects, graph.suspects + 1, __ATOMIC_RELAXED);
}

/* It waits for a lock and holds some: a cycle may be closed. */
static GORO_NOINLINE struct plight *wait_holding(struct det_task *t) {
    struct plight *p = NULL;
    struct det_task *closing;

    engine_lock_take(&graph_lock);
    t->wait.entered = true;
    ownership_enter(t);
    closing = find_closing(t);
    if (closing && is_certain(closing)) p = describe(t, closing);
    else if (closing) suspect(t);
    engine_lock_drop(&graph_lock);
    return p;
}

static GORO_NOINLINE struct plight *wait_stranded(struct det_task *t) {
    struct plight *p;

    engine_lock_take(&graph_lock);
    p = describe_stranded(t);
    engine_lock_drop(&graph_lock);
    return p;
}

void det_block(struct det_task *t, enum finding_object kind, uintptr_t object, uintptr_t pc) {
    det_block_as(t, kind, object, DET_BLOCK_PLAIN, pc);
}

void det_block_as(struct det_task *t, enum finding_object kind, uintptr_t object, enum det_block_how how,
                  uintptr_t pc) {
    ENGINE_SECTION;
    struct plight *p = NULL;

    if (unlikely(reorder_on)) preserve_waits(t, kind);
    world_enter(t);
    begin_change(t);
    if (t->wait.kind) add_case(&t->wait, kind, object);
    else {
        t->wait.object = object;
        t->wait.since_ns = plight_now_ns(kind);
        t->wait.site = trail_site(t, pc);
        t->wait.cases = 1;
        t->wait.kind = (uint8_t)kind;
        t->wait.how = (uint8_t)how;
    }
    end_change(t);
    if (waitgraph_is_lock(kind) && t->trail.locks) p = wait_holding(t);
    if (!p && ownership_count() && is_pthread_lock(kind)) p = wait_stranded(t);
    world_leave(t);
    if (p) plight_emit(p);
}

static GORO_NOINLINE void wake_holding(struct det_task *t) {
    ENGINE_SECTION;
    uint64_t number;

    world_hold(); /* t may be inside on its own thread: it is not ours to enter with */
    engine_lock_take(&graph_lock);
    if (t->wait.entered) ownership_leave(t);
    number = t->wait.finding;
    graph.standing -= t->wait.cycle;
    graph.suspects -= t->wait.suspect;
    begin_change(t);
    t->wait.entered = t->wait.suspect = t->wait.cycle = false;
    t->wait.finding = 0;
    t->wait.kind = FINDING_NO_OBJECT;
    end_change(t);
    engine_lock_drop(&graph_lock);
    world_release();
    if (number && number != UINT64_MAX && engine.config.withdraw) engine.config.withdraw(number, engine.config.arg);
}

void det_wake(struct det_task *t) {
    /* relaxed: by its waker, or itself: one after the other. What it is, it set itself before it could be woken. */
    if (!t || !__atomic_load_n(&t->wait.kind, __ATOMIC_RELAXED)) return;
    if (unlikely(reorder_on)) preserve_wakes(t);
    if (unlikely(t->wait.entered || t->wait.finding)) {
        wake_holding(t);
        return;
    }
    begin_change(t);
    t->wait.kind = FINDING_NO_OBJECT;
    end_change(t);
}

void waitgraph_freed(struct det_task *t, uintptr_t lock, uintptr_t pc) {
    struct plight *p = NULL;
    struct holding h;

    world_hold();
    if (ownership_find(lock, &h)) p = plight_new("GM003", FINDING_ERROR, pc, path_value(h.site));
    if (p) {
        plight_add(p, FINDING_FREES, t->record, (enum finding_object)h.kind, lock, trail_site(t, pc));
        plight_add(p, FINDING_HOLDS, h.record, (enum finding_object)h.kind, lock, h.site);
    }
    world_release();
    if (p) plight_emit(p);
}

void waitgraph_forget(uintptr_t address, size_t n) {
    if (likely(!ownership_count() && !lockorder_count())) return;
    engine_lock_take(&graph_lock);
    for (uintptr_t at = (address + 3) & ~(uintptr_t)3; at < address + n; at += 4) { /* the least a lock is aligned to */
        ownership_forget(at);
        lockorder_forget(at);
    }
    engine_lock_drop(&graph_lock);
}

bool det_tick(void) {
    if (likely(!__atomic_load_n(&graph.suspects, __ATOMIC_RELAXED)))
        return false; /* pairs with suspect: seen in time */
    settle(SETTLE_NS);
    return true;
}

void det_idle(uint64_t ns) {
    if (likely(!__atomic_load_n(&graph.suspects, __ATOMIC_RELAXED))) return; /* as in det_tick */
    settle(ns < SETTLE_NS ? SETTLE_NS - ns : 0);
}

void waitgraph_settle(void) {
    if (__atomic_load_n(&graph.suspects, __ATOMIC_RELAXED)) settle(0);
}

uint64_t waitgraph_told_by(const struct det_task *t) {
    for (unsigned steps = 0; t && steps < CYCLE_MAX; steps++) {
        struct holding h;

        if (t->wait.finding) return t->wait.finding;
        if (!waitgraph_is_lock(t->wait.kind) || !ownership_find_locked(t->wait.object, &h)) return 0;
        t = h.task;
    }
    return 0;
}

bool waitgraph_is_explained(struct det_task *t) {
    for (unsigned steps = 0; t && steps < CYCLE_MAX; steps++) {
        const struct holding *h;

        if (t->wait.finding) return true;
        if (!waitgraph_is_lock(t->wait.kind)) return false;
        h = ownership_first(t->wait.object);
        t = h ? h->task : NULL;
    }
    return false;
}

uint64_t waitgraph_standing(void) { return graph.standing; }

struct stranding {
    struct plight *told[SUSPECTS_MAX];
    unsigned count;
};

static void strand_one(struct det_task *t, void *arg) {
    struct stranding *s = arg;

    if (!is_pthread_lock(__atomic_load_n(&t->wait.kind, __ATOMIC_RELAXED)) || s->count == SUSPECTS_MAX) return;
    engine_lock_take(&graph_lock);
    if ((s->told[s->count] = describe_stranded(t))) s->count++;
    engine_lock_drop(&graph_lock);
}

/* Some that wait may now wait for ever. */
static GORO_NOINLINE void strand_waiters(void) {
    struct stranding s = {0};

    world_hold();
    task_each_alive(strand_one, &s);
    world_release();
    for (unsigned i = 0; i < s.count; i++) plight_emit(s.told[i]);
}

void waitgraph_task_end(struct det_task *t) {
    bool held = t->trail.locks;

    if (!held && !t->wait.finding && !t->open) return;
    world_enter(t);
    engine_lock_take(&graph_lock);
    lockorder_task_end(t);
    graph.standing -= t->wait.cycle;
    ownership_task_end(t);
    engine_lock_drop(&graph_lock);
    world_leave(t);
    if (held) strand_waiters();
}

void waitgraph_engine_init(void) {
    memset(&graph, 0, sizeof graph);
    engine_lock_keep(&graph_lock);
}
