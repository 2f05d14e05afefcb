/* Clocks as persistent radix trees: see clock.h for what they mean.
 *
 *     level 1          [ · · · · … ]            16 children, each a handle (half a pointer)
 *                       /  \
 *     level 0   [ 16 epochs ] [ 16 epochs ]     72 bytes a node, whatever its level
 *
 * Always true
 *  1. A node with refs == 1 that hangs from a path of such nodes is its tree's alone and may change; any other node
 *     never changes. refs == 0 marks the permanent nodes: the empty node, which is the page of zeros at handle 0 and
 *     serves at every level, and one node per level that knows everything. They are never counted.
 *  2. A child's level is its parent's less one; missing children are handle 0, so that a look-up tests nothing.
 *  3. A tree knows everything, or has no permanent node but the empty one: knowing a part of it all would break the
 *     rule that whoever knows a stamp knows what was published with it. So a failure anywhere makes the whole tree
 *     know everything.
 *  4. A dead node is in a dead list, linked by its refs, its children not yet released. Freeing is O(1) and taking a
 *     node releases the children of one dead node first: big trees go without recursion and without pauses, after
 *     Weizenbaum, "Symmetric List Processor" (1963).
 *
 * Threads: dead lists are per thread (one for all if engine.anywhere). A count is raised relaxed (its holder cannot lose
 * it meanwhile), lowered acquire-release, and read with acquire before a change in place.
 *
 * Measured (tests/unit/detector/bench_clock.c): locking at random among 10,000 tasks and 10,000 locks, where most
 * entries of most leaves differ, 25 us an operation; 54 without fetching nodes ahead.
 *
 * Not done: counts beside the nodes to make a leaf one cache line (a copy then touches 17 more lines). */
#include "detector/clock.h"
#include "detector/arena.h"
#include "detector/engine.h"

#include <string.h>

static struct clock_node *know_all[CLOCK_HEIGHT_MAX + 1]; /* by level; permanent */
static uint64_t nodes_made;                               /* taken from the arena, never given back */

struct dead_list {
    uint32_t generation; /* engine.generation, else the list is void */
    uint32_t first;      /* handle */
};
static struct dead_list dead_single;
static __thread __attribute__((tls_model("initial-exec"))) struct dead_list dead_mine;
static struct {
    struct engine_lock lock;
    uint32_t first;
} dead_left; /* by threads that have ended; 0 or a list */

/* -- counts ------------------------------------------------------------------------------------------------------ */

GORO_INLINE bool is_permanent(const struct clock_node *n) {
    return __atomic_load_n(&n->refs, __ATOMIC_RELAXED) == 0; /* relaxed: permanent for ever, or ours to count */
}
GORO_INLINE bool is_empty(const struct clock_node *n) { return n == clock_empty(); }
GORO_INLINE struct clock_node *child_of(const struct clock_node *n, unsigned i) { return arena_at(n->child[i]); }

GORO_INLINE struct dead_list *my_dead(void) {
    struct dead_list *d = engine.anywhere ? &dead_single : &dead_mine;
    if (unlikely(d->generation != engine.generation)) *d = (struct dead_list){.generation = engine.generation};
    return d;
}

GORO_INLINE void node_hold(struct clock_node *n) {
    if (is_permanent(n)) return;
    if (engine_is_single()) n->refs++;
    else __atomic_fetch_add(&n->refs, 1, __ATOMIC_RELAXED); /* our own reference keeps it alive meanwhile */
}

GORO_INLINE void bury(struct clock_node *n) {
    struct dead_list *d = my_dead();
    n->refs = d->first;
    d->first = arena_handle(n);
}

GORO_INLINE void node_drop(struct clock_node *n) {
    if (is_permanent(n)) return;
    /* acquire-release: who buries it has seen every holder's last look; pairs with itself and is_alone */
    if (engine_is_single() ? --n->refs == 0 : __atomic_sub_fetch(&n->refs, 1, __ATOMIC_ACQ_REL) == 0) bury(n);
}

GORO_INLINE bool is_alone(const struct clock_node *n) {
    return __atomic_load_n(&n->refs, __ATOMIC_ACQUIRE) == 1; /* pairs with node_drop of the last other holder */
}

/* A node is two cache lines at most; a big tree's are seldom in the cache. */
GORO_INLINE void prefetch_node(const struct clock_node *n) {
    __builtin_prefetch(n);
    __builtin_prefetch((const char *)n + sizeof *n - 1);
}

/* -- nodes ------------------------------------------------------------------------------------------------------- */

static void adopt_left_dead(struct dead_list *d) {
    if (!__atomic_load_n(&dead_left.first, __ATOMIC_RELAXED)) return; /* a hint */
    engine_lock_take(&dead_left.lock);
    d->first = dead_left.first;
    __atomic_store_n(&dead_left.first, 0, __ATOMIC_RELAXED); /* under the lock; relaxed for the hint */
    engine_lock_drop(&dead_left.lock);
}

static void release_children(struct clock_node *n) {
    if (n->level == 0) return;
    for (unsigned i = 0; i < CLOCK_FAN; i++) __builtin_prefetch(child_of(n, i), 1);
    for (unsigned i = 0; i < CLOCK_FAN; i++)
        if (n->child[i]) node_drop(child_of(n, i));
}

/* A node with refs 1 and nothing else set; NULL: out of memory. */
static struct clock_node *take_node(unsigned level) {
    struct dead_list *d = my_dead();
    if (!d->first) adopt_left_dead(d);
    struct clock_node *n;
    if (likely(d->first)) {
        n = arena_at(d->first);
        d->first = n->refs;
        release_children(n);
    } else {
        n = arena_alloc(sizeof *n);
        if (unlikely(!n)) {
            engine_degraded("out of memory for clocks: order between goroutines is assumed where it is not known");
            return NULL;
        }
        __atomic_fetch_add(&nodes_made, 1, __ATOMIC_RELAXED); /* a statistic */
    }
    n->refs = 1;
    n->level = level;
    return n;
}

static struct clock_node *new_node(unsigned level) {
    struct clock_node *n = take_node(level);
    if (unlikely(!n)) return know_all[level];
    memset(n->child, 0, sizeof n->child);
    return n;
}

static struct clock_node *copy_node(const struct clock_node *from) {
    struct clock_node *n = take_node(from->level);
    if (unlikely(!n)) return know_all[from->level];
    memcpy(n->child, from->child, sizeof n->child);
    if (n->level > 0)
        for (unsigned i = 0; i < CLOCK_FAN; i++)
            if (n->child[i]) node_hold(child_of(n, i));
    return n;
}

/* n, or what to write to in its place, consuming the reference to n. A node that knows everything stays itself: it
 * needs no writing. */
GORO_INLINE struct clock_node *writable_node(struct clock_node *n, unsigned level) {
    if (likely(is_alone(n))) return n;
    if (is_empty(n)) return new_node(level);
    if (is_permanent(n)) return n;
    struct clock_node *copy = copy_node(n);
    node_drop(n);
    return copy;
}

/* -- trees ------------------------------------------------------------------------------------------------------- */

uint32_t clock_get_deep(const struct clock_tree *c, uint32_t slot) {
    unsigned shift = c->height * CLOCK_FAN_BITS;
    if (slot >> shift >= CLOCK_FAN) return 0;
    const struct clock_node *n = c->root;
    for (; shift; shift -= CLOCK_FAN_BITS) n = child_of(n, slot >> shift & (CLOCK_FAN - 1));
    return (uint32_t)n->epoch[slot & (CLOCK_FAN - 1)];
}

void clock_drop(struct clock_tree *c) {
    node_drop(c->root);
    clock_init(c);
}

void clock_know_all(struct clock_tree *c) {
    node_drop(c->root);
    *c = (struct clock_tree){.root = know_all[CLOCK_HEIGHT_MAX], .height = CLOCK_HEIGHT_MAX};
}

/* Gives the tree roots above until it is as high as that; its meaning stays. */
static void grow_tree(struct clock_tree *c, uint32_t height) {
    while (c->height < height) {
        if (!is_empty(c->root)) {
            struct clock_node *above = new_node(c->height + 1);
            if (unlikely(is_permanent(above))) {
                clock_know_all(c);
                return;
            }
            above->child[0] = arena_handle(c->root);
            c->root = above;
        }
        c->height++;
    }
}

/* A leaf is copied: four vector moves, where sharing would cost the next change a new node. */
static void copy_leaf(struct clock_tree *to, const struct clock_tree *from) {
    if (!(to->height == 0 && is_alone(to->root))) {
        if (is_empty(from->root) || unlikely(is_permanent(from->root))) {
            node_drop(to->root);
            *to = *from;
            return;
        }
        struct clock_node *leaf = take_node(0);
        if (unlikely(!leaf)) {
            clock_know_all(to);
            return;
        }
        node_drop(to->root);
        *to = (struct clock_tree){.root = leaf};
    }
    memcpy(to->root->epoch, from->root->epoch, sizeof to->root->epoch);
}

void clock_copy(struct clock_tree *to, const struct clock_tree *from) {
    if (to->root == from->root) to->height = from->height;
    else if (from->height == 0) copy_leaf(to, from);
    else {
        node_hold(from->root);
        node_drop(to->root);
        *to = *from;
    }
}

static uint32_t height_for(uint32_t slot) {
    uint32_t h = 0;
    while (slot >>= CLOCK_FAN_BITS) h++;
    return h;
}

static void raise_deep(struct clock_tree *c, uint32_t slot, uint32_t epoch) {
    if (clock_get_deep(c, slot) >= epoch) return;
    uint32_t height = height_for(slot);
    if (height > c->height) grow_tree(c, height);
    struct clock_node *n = c->root = writable_node(c->root, c->height);
    for (unsigned level = c->height; level > 0 && !is_permanent(n); level--) {
        uint32_t *place = &n->child[slot >> level * CLOCK_FAN_BITS & (CLOCK_FAN - 1)];
        n = writable_node(arena_at(*place), level - 1);
        *place = arena_handle(n);
    }
    if (unlikely(is_permanent(n))) clock_know_all(c);
    else n->epoch[slot & (CLOCK_FAN - 1)] = (int32_t)epoch;
}

void clock_raise(struct clock_tree *c, uint32_t slot, uint32_t epoch) {
    if (likely(c->height == 0 && slot < CLOCK_FAN && is_alone(c->root))) {
        if (c->root->epoch[slot] < (int32_t)epoch) c->root->epoch[slot] = (int32_t)epoch;
        return;
    }
    raise_deep(c, slot, epoch);
}

/* -- joins --------------------------------------------------------------------------------------------------------- */

typedef int32_t lanes __attribute__((vector_size(16), aligned(8), may_alias));
enum { LANES = 4 };

enum order { SAME = 0, LESS = 1, MORE = 2, APART = 3 };

/* How a compares with b, as bits: some entry less, some more. */
GORO_INLINE enum order compare_leaves(const struct clock_node *a, const struct clock_node *b) {
    const lanes *x = (const lanes *)a->epoch, *y = (const lanes *)b->epoch;
    lanes less = (lanes)(x[0] < y[0]), more = (lanes)(x[0] > y[0]);
    for (unsigned i = 1; i < CLOCK_FAN / LANES; i++) {
        less |= (lanes)(x[i] < y[i]);
        more |= (lanes)(x[i] > y[i]);
    }
    bool any_less = (less[0] | less[1] | less[2] | less[3]) != 0;
    bool any_more = (more[0] | more[1] | more[2] | more[3]) != 0;
    return (enum order)(any_less | any_more << 1);
}

GORO_INLINE void max_leaves(struct clock_node *to, const struct clock_node *a, const struct clock_node *b) {
    const lanes *x = (const lanes *)a->epoch, *y = (const lanes *)b->epoch;
    lanes *z = (lanes *)to->epoch;
    for (unsigned i = 0; i < CLOCK_FAN / LANES; i++) {
        lanes more = (lanes)(x[i] > y[i]);
        z[i] = (x[i] & more) | (y[i] & ~more);
    }
}

void clock_meet_leaves(struct clock_tree *a, struct clock_tree *b) {
    max_leaves(a->root, a->root, b->root);
    memcpy(b->root->epoch, a->root->epoch, sizeof b->root->epoch);
}

void clock_swap_leaves(struct clock_tree *c, struct clock_tree *said) {
    struct clock_node was = *c->root;
    max_leaves(c->root, c->root, said->root);
    memcpy(said->root->epoch, was.epoch, sizeof was.epoch);
}

struct join {
    bool changed; /* something of `to` has */
    bool failed;  /* no memory: the result is of no use */
};

/* In what follows, t is what both a and b are known to contain: a node of the same place in an older tree, or the empty one. Where
 * b is still that, a contains it, and the other way round: no need to look inside. (As in a merge of three versions.) */

static struct clock_node *join_leaves(struct clock_node *a, struct clock_node *b, bool mine, struct join *j) {
    enum order o = compare_leaves(a, b);
    if (!(o & LESS)) return a;
    j->changed = true;
    if (o == LESS) return b;
    struct clock_node *to = mine ? a : take_node(0);
    if (unlikely(!to)) {
        j->failed = true;
        return a;
    }
    max_leaves(to, a, b);
    return to;
}

static struct clock_node *join_nodes(struct clock_node *a, struct clock_node *b, const struct clock_node *t, bool mine,
                                     unsigned level, struct join *j);

/* Gives up new children that were made for a node which could not be made. */
static void drop_new(const struct clock_node *a, const struct clock_node *b, const uint32_t *r) {
    for (unsigned i = 0; i < CLOCK_FAN; i++)
        if (r[i] != a->child[i] && r[i] != b->child[i]) node_drop(arena_at(r[i]));
}

/* Puts the children's joins r into a (if mine) or into a new node. */
static struct clock_node *build_join(struct clock_node *a, const struct clock_node *b, bool mine, const uint32_t *r, struct join *j) {
    struct clock_node *to = mine ? a : take_node(a->level);
    if (unlikely(!to)) {
        j->failed = true;
        drop_new(a, b, r);
        return a;
    }
    for (unsigned i = 0; i < CLOCK_FAN; i++) {
        uint32_t old = a->child[i];
        if (mine && r[i] == old) continue;
        if (r[i] && (r[i] == old || r[i] == b->child[i])) node_hold(arena_at(r[i]));
        to->child[i] = r[i];
        if (mine && old) node_drop(arena_at(old));
    }
    return to;
}

/* A bit for each child in which n differs from t. */
GORO_INLINE unsigned changed_children(const struct clock_node *n, const struct clock_node *t) {
    unsigned changed = 0;
    for (unsigned i = 0; i < CLOCK_FAN; i++) changed |= (unsigned)(n->child[i] != t->child[i]) << i;
    return changed;
}

static struct clock_node *join_inner(struct clock_node *a, struct clock_node *b, const struct clock_node *t, bool mine,
                                     unsigned level, struct join *j) {
    unsigned of_a = changed_children(a, t), of_b = changed_children(b, t), differ = changed_children(a, b);
    unsigned other_side = of_b & ~of_a, inside = of_a & of_b & differ;
    uint32_t r[CLOCK_FAN];
    bool all_a = !other_side, all_b = !(of_a & ~of_b);
    j->changed |= other_side != 0;
    if (!inside && all_a) return a;
    if (!inside && all_b) return b;
    memcpy(r, a->child, sizeof r);
    for (unsigned i = 0; i < CLOCK_FAN; i++)
        if (other_side >> i & 1) r[i] = b->child[i];
    for (unsigned left = inside; left; left &= left - 1) {
        prefetch_node(child_of(a, (unsigned)__builtin_ctz(left)));
        prefetch_node(child_of(b, (unsigned)__builtin_ctz(left)));
    }
    for (unsigned left = inside; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        uint32_t ca = a->child[i], cb = b->child[i];
        r[i] = arena_handle(join_nodes(arena_at(ca), arena_at(cb), child_of(t, i), mine, level - 1, j));
        all_a &= r[i] == ca;
        all_b &= r[i] == cb;
    }
    if (all_a) return a;
    return all_b ? b : build_join(a, b, mine, r, j);
}

/* The join of two nodes of one level. Gives a (changed in place if `mine` and alone), or b, neither with a new
 * reference, or a new node with refs 1. Prefers b to an equal copy, so that later joins stop at equal pointers. */
static struct clock_node *join_nodes(struct clock_node *a, struct clock_node *b, const struct clock_node *t, bool mine,
                                     unsigned level, struct join *j) {
    if (a == b || is_empty(b)) return a;
    if (is_permanent(b) || is_empty(a)) {
        j->changed = true;
        return b;
    }
    if (is_permanent(a)) return a;
    mine = mine && is_alone(a);
    return level > 0 ? join_inner(a, b, t, mine, level, j) : join_leaves(a, b, mine, j);
}

/* Replaces what a place in `to` refers to by the join; the place's own reference is consumed. */
static struct clock_node *join_place(struct clock_node *a, struct clock_node *b, const struct clock_node *t,
                                     unsigned level, struct join *j) {
    struct clock_node *r = join_nodes(a, b, t, true, level, j);
    if (r == a) return a;
    if (r == b) node_hold(b);
    node_drop(a);
    return r;
}

static bool join_flat(struct clock_tree *to, const struct clock_tree *from) {
    if (!(compare_leaves(to->root, from->root) & LESS)) return false;
    max_leaves(to->root, to->root, from->root);
    return true;
}

/* `from` is lower: it joins the node at its height on the leftmost path of `to`. */
static void join_lower(struct clock_tree *to, const struct clock_tree *from, struct join *j) {
    struct clock_node *n = to->root = writable_node(to->root, to->height);
    for (unsigned level = to->height; !is_permanent(n); level--) {
        if (level - 1 == from->height) {
            n->child[0] = arena_handle(join_place(child_of(n, 0), from->root, clock_empty(), from->height, j));
            return;
        }
        struct clock_node *below = writable_node(child_of(n, 0), level - 1);
        n->child[0] = arena_handle(below);
        n = below;
    }
    j->failed = true;
}

bool clock_join(struct clock_tree *to, const struct clock_tree *from, const struct clock_tree *both) {
    if (to->root == from->root || is_empty(from->root)) return false;
    if (likely(to->height == 0 && from->height == 0 && is_alone(to->root))) return join_flat(to, from);
    if (is_empty(to->root)) {
        clock_copy(to, from);
        return true;
    }
    struct join j = {0};
    if (to->height < from->height) grow_tree(to, from->height);
    if (is_permanent(to->root)) return false; /* it knows all */
    bool alike = both && both->height == to->height;
    if (to->height == from->height)
        to->root = join_place(to->root, from->root, alike ? both->root : clock_empty(), to->height, &j);
    else join_lower(to, from, &j);
    if (unlikely(j.failed)) clock_know_all(to);
    return j.changed || j.failed;
}

/* -- start, end, check ------------------------------------------------------------------------------------------------ */

void clock_engine_init(void) {
    dead_single = (struct dead_list){.generation = engine.generation};
    dead_left.first = 0;
    engine_lock_keep(&dead_left.lock);
    nodes_made = 0;
    for (unsigned level = 0; level <= CLOCK_HEIGHT_MAX; level++) {
        struct clock_node *n = know_all[level] = arena_alloc_essential(sizeof *n);
        n->refs = 0;
        n->level = level;
        for (unsigned i = 0; i < CLOCK_FAN; i++)
            if (level == 0) n->epoch[i] = (int32_t)EPOCH_MAX;
            else n->child[i] = arena_handle(know_all[level - 1]);
    }
}

void clock_thread_end(void) {
    if (dead_mine.generation != engine.generation || !dead_mine.first) return;
    struct clock_node *last = arena_at(dead_mine.first);
    while (last->refs) last = arena_at(last->refs);
    engine_lock_take(&dead_left.lock);
    last->refs = dead_left.first;
    __atomic_store_n(&dead_left.first, dead_mine.first, __ATOMIC_RELAXED); /* pairs with the hint in adopt_left_dead */
    engine_lock_drop(&dead_left.lock);
    dead_mine.first = 0;
}

uint64_t clock_nodes_alive(void) {
    struct dead_list *d = my_dead();
    uint32_t released = 0;
    uint64_t dead = 0;
    for (; d->first; dead++) {
        struct clock_node *n = arena_at(d->first);
        uint32_t handle = d->first;
        d->first = n->refs;
        release_children(n);
        n->level = 0; /* nothing left to release */
        n->refs = released;
        released = handle;
    }
    d->first = released;
    return nodes_made - dead;
}

static void check_node(const struct clock_node *n, unsigned level) {
    if (is_empty(n)) return;
    goro_assert(n->level == level && !is_permanent(n));
    for (unsigned i = 0; i < CLOCK_FAN; i++)
        if (level == 0) goro_assert(n->epoch[i] >= 0 && n->epoch[i] <= (int32_t)EPOCH_MAX);
        else check_node(child_of(n, i), level - 1);
}

void clock_check(const struct clock_tree *c) {
    goro_assert(c->height <= CLOCK_HEIGHT_MAX);
    if (c->root == know_all[CLOCK_HEIGHT_MAX]) goro_assert(c->height == CLOCK_HEIGHT_MAX);
    else check_node(c->root, c->height);
}
