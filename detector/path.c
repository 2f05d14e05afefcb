/* The trie of paths: an array of nodes, found by a hash of the whole path.
 *
 * Always true
 *  1. A node in use has a parent in use, down to PATH_ROOT; its number does not change while anything refers to it.
 *  2. Every node in use but the first three is in the bucket of its hash, once. Free nodes have parent PATH_NONE.
 *  3. No two nodes in use have the same hash. That two different paths have is taken for impossible: with a billion
 *     paths in one run the odds are 1 in 40, with the million of a large program 1 in 40,000,000; one of the two
 *     would be shown with the other's stack.
 *
 * Threads: a bucket's list is read without a lock (buckets.h): a node is complete before the release that links it, and
 * is reclaimed only while the world is stopped. Insertion is under `lock`.
 *
 * Budget: when more than `budget` nodes are in use the world's stop is asked for; until it comes, insertion goes on.
 * After a sweep the budget is twice what survived, so the cost of sweeping is shared by as many insertions.
 *
 * Why the whole path: a function deep in a recursion is found by hashing its frames (no memory but the stack of
 * frames) and one look; level by level it would be two cache misses each. An AVL tree's 360,000 insertions, 17 deep, spent
 * half of their time there.
 *
 * Sites, the ends of paths, have a small table of each thread's own in front (trail.h). */
#include "detector/path.h"
#include "detector/arena.h"
#include "detector/buckets.h"
#include "detector/cell.h"
#include "detector/world.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
    BUCKETS_MIN = 1 << 12,
    BUDGET_MIN = 1 << 18,
    COMMIT_NODES = 1 << 12, /* charged to the arena at a time */
};

struct path_node *path_nodes;
uint32_t path_era;

static struct {
    struct engine_lock lock;
    struct buckets *buckets;
    uint32_t next;      /* the first number never used */
    uint32_t committed; /* nodes charged for */
    uint32_t capacity;  /* nodes that have address space */
    uint32_t free;      /* list of swept nodes */
    uint32_t used, budget;
} trie;

static GORO_COLD bool commit_more(void) {
    size_t bytes = COMMIT_NODES * sizeof(struct path_node);

    if (trie.committed + COMMIT_NODES > trie.capacity || !arena_charge(bytes)) return false;
    trie.committed += COMMIT_NODES;
    return true;
}

static uint32_t new_node_locked(void) {
    uint32_t n = trie.free;

    if (n) {
        trie.free = path_nodes[n].next;
    } else {
        if (trie.next == trie.committed && !commit_more()) return PATH_NONE;
        n = trie.next++;
    }
    if (++trie.used > trie.budget) gate_set(GATE_WANTED);
    return n;
}

GORO_INLINE uint32_t find_in(uint32_t head, uint64_t hash) {
    for (uint32_t n = head; n; n = __atomic_load_n(&path_nodes[n].next, __ATOMIC_RELAXED))
        if (path_nodes[n].hash == hash) return n;
    return PATH_NONE;
}

uint32_t path_find(uint64_t hash) { return find_in(buckets_head(&trie.buckets, (uint32_t)hash), hash); }

static void link_node(struct buckets *b, uint32_t n) {
    buckets_link(b, (uint32_t)path_nodes[n].hash, n, &path_nodes[n].next);
}

/* Twice the buckets if there is memory for them: without, lists get longer, which is slow but right. */
static GORO_COLD void grow_buckets_locked(void) {
    struct buckets *old = trie.buckets, *more = buckets_new(2 * ((size_t)old->mask + 1));

    if (!more) return;
    for (uint32_t i = 0; i <= old->mask; i++) {
        for (uint32_t n = old->heads[i], next; n; n = next) {
            next = path_nodes[n].next;
            link_node(more, n);
        }
    }
    more->retired = old;
    __atomic_store_n(&trie.buckets, more, __ATOMIC_RELEASE); /* pairs with buckets_head */
}

static GORO_NOINLINE uint32_t insert(uint32_t parent, uint64_t key, uint64_t hash) {
    uint32_t n;

    engine_lock_take(&trie.lock);
    n = path_find(hash);
    if (!n && (n = new_node_locked()) != PATH_NONE) {
        path_nodes[n].hash = hash;
        path_nodes[n].key = key;
        path_nodes[n].parent = parent;
        link_node(trie.buckets, n);
        if (trie.used > trie.buckets->mask) grow_buckets_locked();
    }
    engine_lock_drop(&trie.lock);
    if (n) return n;
    engine_degraded("no memory for call paths: some stacks of earlier accesses are cut short");
    return PATH_LOST;
}

uint32_t path_child(uint32_t parent, uint64_t key) {
    uint64_t hash = path_hash_child(path_hash(parent), key);
    uint32_t n = path_find(hash);

    return likely(n) ? n : insert(parent, key, hash);
}

/* -- reading ------------------------------------------------------------------------------------------------- */

static uint32_t count_calls(uint32_t path) {
    uint32_t n = 0;

    for (; path > PATH_LOST; path = path_parent(path)) n += path_tag_of(path) == PATH_CALL;
    return n;
}

uint32_t path_calls(uint32_t path, uintptr_t *frames, uint32_t room, uint32_t *omitted) {
    uint32_t all = count_calls(path), kept = all < room ? all : room, inner = (kept + 1) / 2, at = 0, n = 0;

    for (; path > PATH_LOST; path = path_parent(path)) {
        if (path_tag_of(path) != PATH_CALL) continue;
        if (at < inner || at >= all - (kept - inner)) frames[n++] = path_value(path);
        at++;
    }
    *omitted = all - kept;
    return n;
}

uint32_t path_locks(uint32_t site) {
    uint32_t p = site > PATH_LOST ? path_parent(site) : PATH_NONE;

    return p > PATH_LOST && path_tag_of(p) == PATH_LOCKS ? (uint32_t)path_value(p) : PATH_NONE;
}

/* -- reclaiming ---------------------------------------------------------------------------------------------- */

/* relaxed: see path_key_of. Nobody else changes them meanwhile: path_pin is called inside. */
static void set_flags(uint32_t path, uint64_t key) { __atomic_store_n(&path_nodes[path].key, key, __ATOMIC_RELAXED); }

/* Recursion is as deep as locks are nested (a lock's site names the locks held there); parents are a loop. */
void path_mark(uint32_t path) {
    for (; path > PATH_LOST; path = path_parent(path)) {
        struct path_node *n = &path_nodes[path];
        enum path_tag tag = path_tag_of(path);

        goro_assert(n->parent != PATH_NONE);
        if (n->key & PATH_MARKED) return;
        set_flags(path, n->key | PATH_MARKED);
        if (tag == PATH_LOCKS || tag == PATH_TAKEN) path_mark((uint32_t)path_value(path));
        if (tag == PATH_BYTES) path_mark((uint32_t)path_value(path) & SITE_PATH);
        if (tag == PATH_OWNER) task_mark_record(path_value(path));
    }
}

void path_mark_live(uint32_t path) {
    if (path > PATH_LOST && path < trie.next && path_parent(path) != PATH_NONE) path_mark(path);
}

void path_pin(uint32_t path) {
    /* relaxed: only the stopped world's sweep looks; locked, so that a mark is not lost */
    if (path > PATH_LOST) __atomic_fetch_or(&path_nodes[path].key, PATH_PINNED, __ATOMIC_RELAXED);
}

static void release_node(uint32_t n) {
    path_nodes[n] = (struct path_node){.next = trie.free};
    trie.free = n;
    trie.used--;
}

void path_sweep(void) {
    for (uint32_t n = PATH_FIRST; n < trie.next; n++)
        if (path_nodes[n].key & PATH_PINNED) path_mark(n);
    for (uint32_t n = PATH_FIRST; n < trie.next; n++)
        if (path_nodes[n].parent && !(path_nodes[n].key & PATH_MARKED)) release_node(n);
    buckets_free(trie.buckets->retired);
    trie.buckets->retired = NULL;
    memset(trie.buckets->heads, 0, ((size_t)trie.buckets->mask + 1) * sizeof *trie.buckets->heads);
    for (uint32_t n = PATH_FIRST; n < trie.next; n++) {
        if (!path_nodes[n].parent) continue;
        set_flags(n, path_nodes[n].key & ~PATH_MARKED);
        link_node(trie.buckets, n);
    }
    trie.budget = trie.used * 2 > BUDGET_MIN ? trie.used * 2 : BUDGET_MIN;
    path_era++;
}

/* -- the engine's ends --------------------------------------------------------------------------------------- */

static size_t reserved_bytes(void) { return (size_t)trie.capacity * sizeof(struct path_node); }

void path_engine_init(void) {
    engine_lock_keep(&trie.lock);
    void *p = MAP_FAILED;

    memset(&trie, 0, sizeof trie);
    path_era++;
    for (trie.capacity = 1u << PATH_BITS; p == MAP_FAILED && trie.capacity > COMMIT_NODES; trie.capacity /= 2) {
        p = mmap(NULL, reserved_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p != MAP_FAILED) break;
    }
    if (p == MAP_FAILED) environment_error("mmap", "no address space for the race detector's call paths", errno);
    path_nodes = p;
    trie.buckets = buckets_new(BUCKETS_MIN);
    trie.next = PATH_FIRST;
    trie.budget = BUDGET_MIN;
    if (!trie.buckets || !commit_more()) environment_error("mmap", "the memory limit leaves no room for call paths", 0);
    path_nodes[PATH_ROOT] = (struct path_node){.hash = 0x243f6a8885a308d3u, .parent = PATH_ROOT}; /* digits of pi */
    path_nodes[PATH_LOST] = (struct path_node){.hash = 0x13198a2e03707344u, .parent = PATH_ROOT};
}

void path_engine_fini(void) {
    munmap(path_nodes, reserved_bytes());
    buckets_free(trie.buckets);
    arena_uncharge(trie.committed * sizeof(struct path_node));
    path_nodes = NULL;
}

uint32_t path_count(void) { return trie.used; }

void path_check(void) {
    uint32_t linked = 0, freed = 0;

    for (uint32_t b = 0; b <= trie.buckets->mask; b++) {
        for (uint32_t n = trie.buckets->heads[b]; n; n = path_nodes[n].next, linked++) {
            const struct path_node *p = &path_nodes[n];
            goro_assert(n >= PATH_FIRST && n < trie.next);
            goro_assert(((uint32_t)p->hash & trie.buckets->mask) == b);
            goro_assert(p->hash == path_hash_child(path_hash(p->parent), p->key & ~PATH_FLAGS));
            goro_assert(p->parent != PATH_NONE && p->parent < trie.next && path_nodes[p->parent].parent);
            goro_assert(path_tag_of(n) < PATH_TAGS && !(p->key & PATH_MARKED));
        }
    }
    for (uint32_t n = trie.free; n; n = path_nodes[n].next, freed++) goro_assert(!path_nodes[n].parent);
    goro_assert(linked == trie.used && linked + freed + PATH_FIRST == trie.next);
}
