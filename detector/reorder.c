/* Races that another order of critical sections might show: candidates, of one run.
 *
 * Two accesses that only a lock's hand-over orders (x = 1; lock; unlock, then elsewhere lock; unlock; x = 2) are unordered
 * in a run in which the sections come the other way round. So the run's clocks leave out what locks order, and keep all else;
 * two accesses that these clocks do not order, and that no common lock excludes, are a *candidate* (the hybrid of locksets and
 * happens-before: O'Callahan and Choi, PPoPP 2003). Many are none: what is read under the lock may decide whether the
 * second access is made at all. Whoever asked for them has to find a run that shows them (Sen, Race directed random testing
 * of concurrent programs, PLDI 2008; reports/reorder.c).
 *
 * The shadow is no place for it: an access under a lock does not make an earlier one without it irrelevant. So each granule
 * has a list here, of what was done under which locks.
 *
 * Always true, under reorder.lock
 *  1. A granule's list has at most LIST_MAX entries, the youngest first; of one slot no two with the same site.
 *  2. When there is no room, or paths were reclaimed, all is forgotten, and that is said; no more is kept in the first case.
 *
 * Of a candidate it is also decided whether this very run can be reordered so that it comes about (preserve.c): then it is told as
 * predicted even if no run shows it.
 *
 * Not done
 *  - Uses of freed memory, and accesses of threads, which nobody can steer. */
#include "detector/reorder.h"
#include "detector/arena.h"
#include "detector/granule.h"
#include "detector/locks.h"
#include "detector/path.h"
#include "detector/preserve.h"
#include "detector/race.h"
#include "detector/world.h"

#include <string.h>

enum { DECIDED_MAX = 4096, DECISIONS_MAX = 64 };
enum { LIST_MAX = 16, NODES_MAX = 1 << 20, PAGES_MAX = 1 << 13, BUCKETS_LOG = 12, PIECE_MAX = 1 << 16 };
#define READERS_CLOCK UINT32_MAX /* `holders` of one */

bool reorder_on;

struct node {
    struct entry did;
    struct moment when;
    uint32_t next;
};

struct decided {
    uint64_t key; /* a pair of places */
    uint32_t tries;
    bool allowed;
};

struct reorder_page {
    uintptr_t number;
    uint32_t next; /* in its bucket, or of the free ones */
    uint32_t heads[PAGE_GRANULES];
};

static struct {
    struct engine_lock lock;
    struct node *nodes; /* handle 0: none, as of pages */
    struct reorder_page *pages;
    uint32_t buckets[1 << BUCKETS_LOG];
    uint32_t node_count, page_count, free_nodes, free_pages; /* counts: handed out once, at least */
    struct decided decided[DECIDED_MAX]; /* what does not fit takes the place of another: told twice, or decided anew */
    uint32_t era;
    bool full;
} reorder;

/* -- memory -------------------------------------------------------------------------------------------------------- */

static void give_up(const char *what) {
    reorder.full = true;
    engine_degraded(what);
}

static void forget_all(void) {
    reorder.node_count = reorder.page_count = 1;
    reorder.free_nodes = reorder.free_pages = 0;
    memset(reorder.buckets, 0, sizeof reorder.buckets);
}

static uint32_t *bucket_of(uintptr_t number) {
    return &reorder.buckets[number * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKETS_LOG)];
}

static struct reorder_page *find_page(uintptr_t address) {
    uintptr_t number = address >> PAGE_BITS;

    for (uint32_t h = *bucket_of(number); h; h = reorder.pages[h].next)
        if (reorder.pages[h].number == number) return &reorder.pages[h];
    return NULL;
}

static struct reorder_page *make_page(uintptr_t address) {
    uint32_t h = reorder.free_pages, *bucket = bucket_of(address >> PAGE_BITS);
    struct reorder_page *p;

    if (h) reorder.free_pages = reorder.pages[h].next;
    else if (reorder.page_count < PAGES_MAX) h = reorder.page_count++;
    else return NULL;
    p = &reorder.pages[h];
    memset(p->heads, 0, sizeof p->heads);
    p->number = address >> PAGE_BITS;
    p->next = *bucket;
    *bucket = h;
    return p;
}

static void drop_node(uint32_t *from) {
    uint32_t h = *from;

    *from = reorder.nodes[h].next;
    reorder.nodes[h].next = reorder.free_nodes;
    reorder.free_nodes = h;
}

static void drop_list(uint32_t *head) {
    while (*head) drop_node(head);
}

static void drop_page(struct reorder_page *p) {
    uint32_t *at = bucket_of(p->number), h = (uint32_t)(p - reorder.pages);

    while (*at != h) at = &reorder.pages[*at].next;
    *at = p->next;
    for (unsigned i = 0; i < PAGE_GRANULES; i++) drop_list(&p->heads[i]);
    p->next = reorder.free_pages;
    reorder.free_pages = h;
}

static void push(uint32_t *head, uint64_t cell, uint32_t site, struct moment when) {
    uint32_t h = reorder.free_nodes;

    if (h) reorder.free_nodes = reorder.nodes[h].next;
    else if (reorder.node_count < NODES_MAX) h = reorder.node_count++;
    else {
        give_up("too many accesses to look for races in another order of locks");
        return;
    }
    reorder.nodes[h] = (struct node){{cell, site}, when, *head};
    *head = h;
}

/* -- one access ------------------------------------------------------------------------------------------------------ */

static bool conflicts(const struct access *a, const struct entry *e) {
    return (a->kind & DET_WRITE || e->site & SITE_WRITE) && !(a->kind & DET_ATOMIC && e->cell & CELL_ATOMIC);
}

/* Whatever conflicts with the earlier access, which is known, conflicts with this one, which has no lock. */
static bool replaces(const struct access *a, const struct entry *e, uint64_t mask) {
    return !a->t->trail.locks && !(e->cell & CELL_MASK & ~mask) &&
           subsumes(a->word, a->kind & DET_WRITE, e->cell, e->site & SITE_WRITE);
}

/* A pair of places is decided on until a pair of accesses is allowed, or DECISIONS_MAX were not. */
static bool is_to_be_decided(const struct access *a, const struct entry *e, struct decided **d) {
    uint64_t key = (a->pc ^ path_value(e->site & SITE_PATH) << 20) | 1;
    uint32_t i = (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 52) % DECIDED_MAX;

    *d = &reorder.decided[i];
    if ((*d)->key != key) **d = (struct decided){.key = key};
    return !(*d)->allowed && (*d)->tries++ < DECISIONS_MAX;
}

static void decide(struct access *a, const struct node *n, struct moment now) {
    struct decided *d;

    if (!is_to_be_decided(a, &n->did, &d)) return;
    d->allowed = preserve_allows(n->when, now, &a->handovers[a->race_count].how);
    a->handovers[a->race_count].allowed = d->allowed;
}

static void meet(struct access *a, const struct node *n, uint64_t mask, struct moment now) {
    const struct entry *e = &n->did;
    uint32_t locks = path_locks(e->site & SITE_PATH);

    if (!(e->cell & mask) || !conflicts(a, e) || a->race_count == RACES_MAX) return;
    if (locks_exclude(a->t->trail.locks, locks)) return;
    a->handovers[a->race_count].allowed = false;
    decide(a, n, now);
    a->races[a->race_count++] = (struct entry){e->cell & (~CELL_MASK | mask), e->site};
}

static void step(struct access *a, uint32_t *head, uint64_t mask, struct moment now) {
    uint32_t site = access_site(a) | (a->kind & DET_WRITE ? SITE_WRITE : 0), length = 0, *at = head;

    while (*at) {
        struct node *node = &reorder.nodes[*at];
        struct entry *e = &node->did;
        bool own = stamp_slot(cell_stamp(e->cell)) == a->t->slot;

        if (own && e->site == site && !((e->cell ^ a->word) & CELL_ATOMIC)) {
            mask |= e->cell & CELL_MASK; /* what conflicts with the older one of the two does with the newer */
            drop_node(at);
        } else if ((own || access_knows(a, e->cell)) && replaces(a, e, mask)) {
            drop_node(at);
        } else {
            if (!own && !access_knows(a, e->cell)) meet(a, node, mask, now);
            if (++length == LIST_MAX) drop_node(at);
            else at = &reorder.nodes[*at].next;
        }
    }
    push(head, a->word | mask, site, now);
}

static bool begin(void) {
    if (reorder.full) return false;
    if (!reorder.nodes) {
        reorder.nodes = arena_map(NODES_MAX * sizeof *reorder.nodes);
        reorder.pages = arena_map(PAGES_MAX * sizeof *reorder.pages);
        if (!reorder.nodes || !reorder.pages) give_up("no memory to look for races in another order of locks");
        reorder.era = path_era;
        forget_all();
    }
    if (reorder.era != path_era) {
        engine_degraded("looking for races in another order of locks began anew, for want of memory");
        reorder.era = path_era;
        forget_all();
    }
    return !reorder.full;
}

static void access_granule(struct access *a, uintptr_t address, uint64_t mask, struct moment now) {
    struct reorder_page *p;

    engine_lock_take(&reorder.lock);
    if (begin()) {
        p = find_page(address);
        if (!p && !(p = make_page(address))) give_up("too much memory to look for races in another order of locks");
        if (p) step(a, &p->heads[(address & (PAGE_BYTES - 1)) / GRANULE_BYTES], mask, now);
    }
    engine_lock_drop(&reorder.lock);
    if (a->race_count) race_report(a, address & ~(uintptr_t)(GRANULE_BYTES - 1));
}

void reorder_access(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc) {
    struct handover handovers[RACES_MAX];
    struct access a = {.t = t, .kind = kind, .address = address, .pc = pc, .size = n, .handovers = handovers};
    struct moment now;
    uintptr_t end = address + (n < PIECE_MAX ? n : PIECE_MAX);

    if (kind & DET_MARK) preserve_operation(t);
    if (kind & (DET_FREE | DET_MARK)) return;
    now = preserve_access(t, address, n, kind & DET_WRITE);
    if (t->ignore || det_task_is_thread(t) || end < address || end >> ADDRESS_BITS) return;
    world_enter(t);
    a.word = t->word | (kind & DET_ATOMIC ? CELL_ATOMIC : 0);
    while (address < end) {
        uintptr_t next = (address | (GRANULE_BYTES - 1)) + 1, to = next < end ? next : end;

        access_granule(&a, address, cell_bytes(address, to - address) & CELL_MASK, now);
        address = to;
    }
    world_leave(t);
}

/* -- memory that is no more, and locks ----------------------------------------------------------------------------------- */

static void forget_in(struct reorder_page *p, uintptr_t address, uintptr_t end) {
    uintptr_t base = p->number << PAGE_BITS, low = address > base ? address : base;
    uintptr_t high = end < base + PAGE_BYTES ? end : base + PAGE_BYTES;

    if (low == base && high == base + PAGE_BYTES) {
        drop_page(p);
        return;
    }
    for (uintptr_t i = (low - base) / GRANULE_BYTES; i * GRANULE_BYTES < high - base; i++) drop_list(&p->heads[i]);
}

void reorder_forget(uintptr_t address, size_t n) {
    uintptr_t end = address + n;

    preserve_forget(address, n);
    engine_lock_take(&reorder.lock);
    if (reorder.nodes && n >> PAGE_BITS > PAGES_MAX) forget_all();
    else if (reorder.nodes)
        for (uintptr_t page = address >> PAGE_BITS; page << PAGE_BITS < end; page++) {
            struct reorder_page *p = find_page(page << PAGE_BITS);
            if (p) forget_in(p, address, end);
        }
    engine_lock_drop(&reorder.lock);
}

void reorder_lock_changes(struct det_task *t) { task_advance(t); }

void reorder_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how, uintptr_t pc) {
    enum { READERS_APART = 8, PTHREAD_READERS_APART = 1 }; /* as the fronts place it: runtime/rwmutex.c, wrap_pthread.c */
    struct det_sync *s = NULL;

    reorder_lock_changes(t);
    preserve_lock_taken(t, kind, lock, how & DET_LOCK_READ, pc);
    if (kind == FINDING_RWMUTEX) s = sync_at_locked(lock + READERS_APART);
    if (kind == FINDING_PTHREAD_RWLOCK) s = sync_at_locked(lock + PTHREAD_READERS_APART);
    if (!s) return;
    s->holders = READERS_CLOCK;
    engine_lock_drop(&s->lock);
}

bool reorder_leaves_out(const struct det_sync *s) { return s->holders == READERS_CLOCK; }

void det_reorder_begin(bool all_is_told) {
    reorder_on = true;
    if (!all_is_told) preserve_doubt();
}
bool det_reorders(void) { return reorder_on; }
void det_begins(struct det_task *t) {
    ENGINE_SECTION;
    preserve_begins(t);
}
void det_gave_way(struct det_task *t) {
    ENGINE_SECTION;
    preserve_gave_way(t);
}

void reorder_engine_init(void) {
    reorder_on = false;
    reorder.nodes = NULL;
    reorder.pages = NULL;
    reorder.full = false;
    memset(reorder.decided, 0, sizeof reorder.decided);
    preserve_engine_init();
    engine_lock_keep(&reorder.lock);
}

void reorder_engine_fini(void) {
    preserve_engine_fini();
    if (reorder.nodes) arena_unmap(reorder.nodes, NODES_MAX * sizeof *reorder.nodes);
    if (reorder.pages) arena_unmap(reorder.pages, PAGES_MAX * sizeof *reorder.pages);
}
