/* Lock order: who has asked for which lock while holding which, and whether such requests could have met in a circle.
 *
 * A *request* is made by a task that holds at least one lock and takes another in a call that would have waited for it.
 * For each lock held there is a *hold*: an edge from that lock to the one asked for. A cycle of holds is a deadlock that
 * did not happen (Havelund, Using runtime analysis to guide model checking of Java programs, 2000: the Goodlock
 * algorithm). It is told only if
 *  - on each lock of the cycle one of the two, who holds it or who asks, wants to write;
 *  - none of them happens before another by anything but the cycle's own locks. That also leaves out requests of one
 *    task, and those made under a common lock (a gate), which orders them.
 *
 * The second is decided by the engine's clocks, which know the edges of locks as well. So each hold has a *limit*: the last
 * epoch such that this epoch and all since the request were published by unlocking the hold's two locks and by nothing
 * else. Every chain of edges from the request to another task begins with one of the publications since; if the
 * other knows of none behind the limit, all chains begin with an unlock of the cycle, and nothing else orders the two.
 * The clock compared is that of the moment before the lock was taken. Where a chain begins with another lock, or goes
 * through one, it counts as order: a flag under a lock may have made it. So a cycle may be missed in one schedule and
 * seen in another, but what is told has no order that the program's own synchronisation shows.
 *
 * Always true, under graph_lock
 *  1. A request is in the bucket of its (site, lock), in the list of its lock, and each of its holds in the list of the
 *     lock held. Locks without requests or holds are not kept.
 *  2. Of one (site, lock) there are at most TASKS_MAX requests, of different tasks: the last ones.
 *  3. A hold with an opener is in that task's list; only its limit may still grow.
 *
 * Not done
 *  - A clock without the edges of locks beside the other: twice the work at each synchronisation, and a queue guarded by
 *    a mutex, the most usual order between threads, would be none.
 *  - Two readers and the two writers that would come between them (writers are preferred): four tasks, not two. */
#include "detector/lockorder.h"
#include "detector/arena.h"
#include "detector/locks.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/waitgraph.h"

#include <string.h>

enum { CYCLE_MAX = 8, HELD_MAX = FINDING_LOCKS_MAX, TASKS_MAX = 4, STEPS_MAX = 2000, REQUESTS_MAX = 1 << 16 };
enum { BUCKETS_LOG = 12, BUCKETS = 1 << BUCKETS_LOG, TOLD_MAX = 256 };

struct order_lock {
    struct order_lock *next; /* in its bucket */
    uintptr_t address;
    struct lock_hold *holds;  /* requests that were made while it was held */
    struct request *requests; /* for it */
    uint8_t kind;             /* enum finding_object */
    bool dying;               /* forget_lock goes on to use it */
};

struct lock_hold {
    struct lock_hold *next, **back; /* of the lock held */
    struct lock_hold *next_open;
    struct det_task *opener;
    struct request *request;
    struct order_lock *lock;
    uint32_t limit;
    bool read;
};

struct request {
    struct request *next;                 /* in its bucket */
    struct request *next_for, **back_for; /* of the lock asked for */
    struct order_lock *lock;
    const struct task_record *record; /* of who asked last */
    struct clock_tree known;          /* what it knew */
    uint64_t stamp;                   /* when */
    uint64_t count, age;
    uint32_t site;
    bool read;
    uint32_t hold_count;
    struct lock_hold holds[];
};

static struct {
    struct order_lock *locks[BUCKETS];
    struct request *requests[BUCKETS];
    uint64_t request_count, ages;
    uint32_t lock_count;     /* also read without the lock, as a hint */
    uint64_t told[TOLD_MAX]; /* sets of locks */
    unsigned told_count;
} order;

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * 0x9e3779b97f4a7c15u; /* golden ratio, as path_hash_child */
    return h ^ h >> 32;
}

static size_t bytes_of(uint32_t holds) { return sizeof(struct request) + holds * sizeof(struct lock_hold); }

/* -- locks ---------------------------------------------------------------------------------------------------------- */

static struct order_lock **find_lock(uintptr_t address) {
    struct order_lock **p = &order.locks[mix(0, address >> 2) >> (64 - BUCKETS_LOG)];

    while (*p && (*p)->address != address) p = &(*p)->next;
    return p;
}

static struct order_lock *lock_at(uintptr_t address, enum finding_object kind) {
    struct order_lock **p = find_lock(address);

    if (*p) return *p;
    *p = arena_zalloc(sizeof **p);
    if (!*p) return NULL;
    (*p)->address = address;
    (*p)->kind = (uint8_t)kind;
    __atomic_store_n(&order.lock_count, order.lock_count + 1, __ATOMIC_RELAXED); /* pairs with lockorder_count */
    return *p;
}

static void drop_lock_if_idle(struct order_lock *l) {
    struct order_lock **p = find_lock(l->address);

    if (l->holds || l->requests || l->dying) return;
    goro_assert(*p == l);
    *p = l->next;
    arena_free(l, sizeof *l);
    __atomic_store_n(&order.lock_count, order.lock_count - 1, __ATOMIC_RELAXED);
}

/* -- holds whose limit may grow --------------------------------------------------------------------------------------- */

static void close_hold(struct lock_hold *h) {
    struct lock_hold **p;

    if (!h->opener) return;
    for (p = &h->opener->open; *p != h;) p = &(*p)->next_open;
    *p = h->next_open;
    h->opener = NULL;
}

static void open_hold(struct lock_hold *h, struct det_task *t) {
    h->limit = task_epoch(t) - 1;
    if (h->opener == t) return;
    h->opener = t;
    h->next_open = t->open;
    t->open = h;
}

static bool grows(const struct lock_hold *h, const struct det_task *t, uintptr_t lock) {
    return stamp_slot(h->request->stamp) == t->slot && h->limit + 1 == task_epoch(t) &&
           (h->lock->address == lock || h->request->lock->address == lock);
}

void lockorder_dropped(struct det_task *t, uintptr_t lock) {
    for (struct lock_hold *h = t->open, *next; h; h = next) {
        next = h->next_open;
        if (grows(h, t, lock)) h->limit++;
        else close_hold(h);
    }
}

void lockorder_task_end(struct det_task *t) {
    while (t->open) close_hold(t->open);
}

/* -- requests --------------------------------------------------------------------------------------------------------- */

static struct request **bucket_of(uint32_t site, uintptr_t lock) {
    return &order.requests[mix(site, lock >> 2) >> (64 - BUCKETS_LOG)];
}

static void unlink_hold(struct lock_hold *h) {
    close_hold(h);
    if (h->next) h->next->back = h->back;
    *h->back = h->next;
    drop_lock_if_idle(h->lock);
}

static void free_request(struct request *r) {
    struct request **p = bucket_of(r->site, r->lock->address);

    while (*p != r) p = &(*p)->next;
    *p = r->next;
    if (r->next_for) r->next_for->back_for = r->back_for;
    *r->back_for = r->next_for;
    for (uint32_t i = 0; i < r->hold_count; i++) unlink_hold(&r->holds[i]);
    drop_lock_if_idle(r->lock);
    clock_drop(&r->known);
    arena_free(r, bytes_of(r->hold_count));
    order.request_count--;
}

static void link_hold(struct request *r, struct order_lock *l, bool read) {
    struct lock_hold *h = &r->holds[r->hold_count++];

    *h = (struct lock_hold){.request = r, .lock = l, .read = read, .next = l->holds, .back = &l->holds};
    if (h->next) h->next->back = &h->next;
    l->holds = h;
}

static struct request *new_request(struct order_lock **held, const bool *read, uint32_t n, struct order_lock *l,
                                   uint32_t site) {
    struct request *r = order.request_count < REQUESTS_MAX ? arena_zalloc(bytes_of(n)) : NULL;
    struct request **bucket = bucket_of(site, l->address);

    if (!r) {
        engine_degraded("too many orders of locks: deadlocks that could happen may not be foretold");
        return NULL;
    }
    r->site = site;
    r->lock = l;
    clock_init(&r->known);
    r->next = *bucket;
    *bucket = r;
    r->next_for = l->requests;
    r->back_for = &l->requests;
    if (r->next_for) r->next_for->back_for = &r->next_for;
    l->requests = r;
    order.request_count++;
    for (uint32_t i = 0; i < n; i++) link_hold(r, held[i], read[i]);
    return r;
}

static struct request *make_request(const struct lock_held *held, uint32_t n, enum finding_object kind, uintptr_t lock,
                                    uint32_t site) {
    struct order_lock *locks[HELD_MAX], *l = lock_at(lock, kind);
    struct request *r = NULL;
    bool read[HELD_MAX], all = l;

    for (uint32_t i = 0; i < n; i++) {
        locks[i] = lock_at(held[i].address, held[i].kind);
        read[i] = held[i].read;
        all &= locks[i] != NULL;
    }
    if (all) r = new_request(locks, read, n, l, site);
    for (uint32_t i = 0; i < n; i++)
        if (locks[i]) drop_lock_if_idle(locks[i]);
    if (l) drop_lock_if_idle(l);
    return r;
}

static bool is_same_task(const struct task_record *a, const struct task_record *b) {
    return a == b || (a->id == b->id && a->kind == b->kind);
}

/* The task's own request of this site, or one to be taken over from who asked longest ago; NULL: a new one is wanted. */
static struct request *find_request(const struct det_task *t, uintptr_t lock, uint32_t site) {
    struct request *oldest = NULL;
    unsigned n = 0;

    for (struct request *r = *bucket_of(site, lock); r; r = r->next) {
        if (r->site != site || r->lock->address != lock) continue;
        if (is_same_task(r->record, t->record)) return r;
        if (!oldest || r->age < oldest->age) oldest = r;
        n++;
    }
    return n < TASKS_MAX ? NULL : oldest;
}

/* The request is made by t, now. */
static void renew(struct request *r, struct det_task *t, bool read) {
    if (!r->record || !is_same_task(r->record, t->record)) {
        for (uint32_t i = 0; i < r->hold_count; i++) close_hold(&r->holds[i]);
        r->count = 0;
    }
    r->record = t->record;
    r->read = read;
    r->stamp = t->stamp;
    r->age = ++order.ages;
    r->count++;
    clock_copy(&r->known, &t->clock);
    for (uint32_t i = 0; i < r->hold_count; i++) open_hold(&r->holds[i], t);
}

/* -- searching ---------------------------------------------------------------------------------------------------------- */

struct search {
    struct lock_hold *chain[CYCLE_MAX];
    unsigned n, steps;
};

/* Has who made request b heard of a, other than from the unlocks of a's two locks? */
static bool has_heard(const struct request *b, const struct lock_hold *a) {
    return clock_get(&b->known, stamp_slot(a->request->stamp)) > a->limit;
}

/* Two of one slot are of one task, or of one that knew the other's end. */
static bool may_meet(const struct lock_hold *a, const struct lock_hold *b) {
    return stamp_slot(a->request->stamp) != stamp_slot(b->request->stamp) && !has_heard(b->request, a) &&
           !has_heard(a->request, b);
}

static bool may_follow(const struct search *s, const struct lock_hold *h) {
    if (s->chain[s->n - 1]->request->read && h->read) return false;
    for (unsigned i = 0; i < s->n; i++)
        if (!may_meet(s->chain[i], h)) return false;
    return true;
}

static bool passes(const struct search *s, const struct order_lock *l) {
    for (unsigned i = 0; i < s->n; i++)
        if (s->chain[i]->lock == l) return true;
    return false;
}

/* Is there a way on from who holds `at` to who asks for the lock that the chain begins with? At most CYCLE_MAX deep. */
static bool find_cycle(struct search *s, const struct order_lock *at) {
    for (struct lock_hold *h = at->holds; h && s->steps < STEPS_MAX; h = h->next) {
        const struct order_lock *asked = h->request->lock;

        s->steps++;
        if (!may_follow(s, h)) continue;
        s->chain[s->n++] = h;
        if (asked == s->chain[0]->lock) {
            if (!(h->request->read && s->chain[0]->read)) return true;
        } else if (s->n < CYCLE_MAX && !passes(s, asked) && find_cycle(s, asked)) return true;
        s->n--;
    }
    return false;
}

/* -- telling -------------------------------------------------------------------------------------------------------------- */

/* One finding for each set of locks, and for each set of places. */
static bool is_told(const struct search *s) {
    uint64_t key = 1;

    for (unsigned i = 0; i < s->n; i++) key += mix(0, s->chain[i]->lock->address);
    for (unsigned i = 0; i < order.told_count; i++)
        if (order.told[i] == key) return true;
    if (order.told_count < TOLD_MAX) order.told[order.told_count++] = key;
    return false;
}

/* Locks that goroutines hand to each other have no holder. */
static bool is_handed_round(const struct search *s) {
    for (unsigned i = 0; i < s->n; i++)
        if (ownership_is_handed(s->chain[i]->lock->address)) return true;
    return false;
}

static struct plight *describe(const struct search *s) {
    uint64_t places = 0;
    struct plight *p;

    for (unsigned i = 0; i < s->n; i++) places += mix(0, path_value(s->chain[i]->request->site));
    p = plight_new("GD004", FINDING_ERROR, places, s->n);
    if (!p) return NULL;
    plight_predict(p);
    for (unsigned i = 0; i < s->n; i++) {
        const struct request *r = s->chain[i]->request;

        plight_add(p, FINDING_ASKS, r->record, (enum finding_object)r->lock->kind, r->lock->address, r->site);
    }
    return p;
}

static struct plight *look(struct request *r) {
    if (!r->lock->holds) return NULL;
    for (uint32_t i = 0; i < r->hold_count; i++) {
        struct search s = {.chain = {&r->holds[i]}, .n = 1};

        if (find_cycle(&s, r->lock) && !is_handed_round(&s) && !is_told(&s)) return describe(&s);
    }
    return NULL;
}

static bool is_power_of_two(uint64_t n) { return !(n & (n - 1)); }

static bool is_held(const struct lock_held *held, uint32_t n, uintptr_t lock) {
    for (uint32_t i = 0; i < n; i++)
        if (held[i].address == lock) return true;
    return false;
}

struct plight *lockorder_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, bool read, uint32_t site) {
    struct lock_held held[HELD_MAX];
    uint32_t n = locks_of(t->trail.locks, held, HELD_MAX);
    struct request *r = find_request(t, lock, site);

    if (!r) {
        if (n == HELD_MAX || is_held(held, n, lock)) return NULL; /* taken again, perhaps: it does not wait */
        r = make_request(held, n, kind, lock, site);
    }
    if (!r) return NULL;
    renew(r, t, read);
    /* The same request by the same task is looked at ever more rarely: with few it is cheap, and many change little. */
    return is_power_of_two(r->count) ? look(r) : NULL;
}

/* -- forgetting ------------------------------------------------------------------------------------------------------------ */

static void forget_lock(struct order_lock *l) {
    l->dying = true;
    while (l->holds) free_request(l->holds->request);
    while (l->requests) free_request(l->requests);
    l->dying = false;
    drop_lock_if_idle(l);
}

void lockorder_forget(uintptr_t lock) {
    struct order_lock *l = *find_lock(lock);

    if (l) forget_lock(l);
}

/* relaxed: who makes memory anew is ordered with who used a lock there, or races in the user's own program */
uint64_t lockorder_count(void) { return __atomic_load_n(&order.lock_count, __ATOMIC_RELAXED); }

/* -- start, sweep, check ----------------------------------------------------------------------------------------------------- */

void lockorder_mark(void) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct request *r = order.requests[i]; r; r = r->next) {
            path_mark(r->site);
            task_mark_record((uintptr_t)r->record);
        }
}

void lockorder_check(void) {
    uint64_t requests = 0, locks = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        for (struct order_lock *l = order.locks[i]; l; l = l->next, locks++) {
            goro_assert(l->holds || l->requests);
            for (struct lock_hold *h = l->holds; h; h = h->next) goro_assert(h->lock == l && *h->back == h);
            for (struct request *r = l->requests; r; r = r->next_for) {
                goro_assert(r->lock == l && *r->back_for == r && r->record && r->hold_count);
                clock_check(&r->known);
                requests++;
            }
        }
    goro_assert(requests == order.request_count && locks == order.lock_count);
}

void lockorder_engine_init(void) { memset(&order, 0, sizeof order); }
