/* Publications and boards: see publication.h.
 *
 * Always true
 *  1. If a clock knows p.stamp it contains p.tree (and p.stamp itself, if own). If it knows p.base it contains p.tree.
 *  2. A task's base is a certificate in the same sense for all that the task knows of others. When it learns something
 *     that does not contain what it knew, its base becomes its own stamp: whoever hears of this epoch, at whose end
 *     the first publication with the new knowledge is made, has it all. The pair prior and extra certifies all but one
 *     stamp: a child knows what its parent knew, and the parent's stamp.
 *  3. A board's main is that of a single publisher, or the join of several (then base is BASE_NEVER, and the stamp is
 *     that of the last task that has learnt it all, or 0).
 *
 * Threads: the owner's lock.
 *
 * Measured (tests/unit/detector/bench_clock.c, CPU time, gcc -O2, one thread, a shared 2-core machine): N tasks each
 * taking one mutex, then done, then one wait, ns each:
 *
 *     N                        8    1,000    100,000    1,000,000
 *     lock and unlock         16       66        169          272
 *     done                              100        245          413
 *     wait, per done                     90        115          313
 *     bytes per task, all in                      830          918
 *
 * A child born, done, ended and waited for: 64 ns. Rendezvous 26, exchange 14, lock and unlock by one task 7 ns.
 *
 * Not done: no prior and extra. Then N children of one parent that knows much (it has waited for as many before)
 * cost a walk over all trees at each lock: 32,000 ns for 100,000 tasks instead of 470. */
#include "detector/publication.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/meeting.h"

#include <string.h>

/* -- one publication ----------------------------------------------------------------------------------------------- */

static bool tree_knows(const struct clock_tree *c, uint64_t stamp) {
    return clock_get(c, stamp_slot(stamp)) >= stamp_epoch(stamp);
}

GORO_INLINE bool is_own(const struct publication *p) { return p->stamp & PUBLICATION_OWN; }

/* Does the publication contain the stamp? */
static bool publication_says(const struct publication *p, uint64_t stamp) {
    if (is_own(p) && stamp_slot(p->stamp) == stamp_slot(stamp) && stamp_epoch(p->stamp) >= stamp_epoch(stamp)) return true;
    return tree_knows(&p->tree, stamp);
}

static void enter_stamp(const struct publication *p, struct clock_tree *c) {
    if (is_own(p)) clock_raise(c, stamp_slot(p->stamp), stamp_epoch(p->stamp));
}

void publication_make(struct publication *p, const struct det_task *t) {
    clock_init(&p->tree);
    clock_copy(&p->tree, &t->clock);
    p->stamp = t->slot == SLOT_NONE ? 0 : t->stamp | PUBLICATION_OWN;
    p->base = task_base(t);
    p->weight = t->weight;
}

void publication_copy(struct publication *to, const struct publication *from) {
    *to = *from;
    clock_init(&to->tree);
    clock_copy(&to->tree, &from->tree);
}

void publication_drop(struct publication *p) {
    clock_drop(&p->tree);
    p->stamp = p->base = p->weight = 0;
}

bool publication_is_known(const struct publication *p, const struct det_task *t) {
    if (p->stamp && task_knows(t, p->stamp)) return true;
    return !is_own(p) && task_knows(t, p->base);
}

/* The stamp that certifies all t knows once it has learnt something in its present epoch. */
static uint64_t own_base(const struct det_task *t) { return t->slot == SLOT_NONE ? BASE_NEVER : t->stamp; }

static void certify(struct det_task *t, uint64_t base, uint64_t prior, uint64_t extra) {
    t->base = base;
    t->prior = prior;
    t->extra = extra & STAMP_MASK;
}

/* t's clock becomes p's. */
static void take_over(struct publication *p, struct det_task *t) {
    enter_stamp(p, &p->tree);
    clock_copy(&t->clock, &p->tree);
}

/* said: the stamp that was heard of, 0 if none. */
GORO_INLINE void note_heard(struct det_task *t, uint64_t said, uint64_t weight) {
    t->heard = true;
    if (said && stamp_slot(said) < TASK_BOUNDS) /* most accesses that follow are to what its task did */
        t->bounds[stamp_slot(said)] = task_bound(stamp_slot(said), task_heard(t, stamp_slot(said)));
    if (t->weight <= weight) t->weight = weight + 1;
}

/* What helps with a join, if anything is known: a tree that both contain; or the join, less the publication's own stamp, which
 * the tree's owner may know, too. */
struct help {
    const struct clock_tree *both;
    struct clock_tree *sum;
    bool once; /* nobody else learns of this publication: its tree need not have its own stamp */
};

static void learn(struct publication *p, struct det_task *t, struct help help) {
    if (publication_is_known(p, t)) return;
    if (clock_knows_all(&p->tree)) { /* what it seems to contain certifies nothing */
        clock_know_all(&t->clock);
        return;
    }
    uint64_t said_stamp = is_own(p) ? p->stamp : 0, all_of_p = p->stamp ? p->stamp & STAMP_MASK : own_base(t);
    bool holds_mine = publication_says(p, t->base), holds_its = task_knows(t, p->base);
    if (holds_mine) {
        if (holds_its && !clock_is_shared(&t->clock)) enter_stamp(p, &t->clock);
        else take_over(p, t);
        certify(t, all_of_p, p->base, said_stamp);
    } else if (holds_its) {
        enter_stamp(p, &t->clock);
        certify(t, own_base(t), t->base, said_stamp);
    } else if (publication_says(p, t->prior)) {
        take_over(p, t);
        clock_raise(&t->clock, stamp_slot(t->extra), stamp_epoch(t->extra));
        certify(t, own_base(t), all_of_p, t->extra);
    } else {
        if (!help.once) enter_stamp(p, help.sum ? help.sum : &p->tree);
        if (help.sum) clock_copy(&t->clock, help.sum);
        else clock_join(&t->clock, &p->tree, help.both);
        if (help.once) enter_stamp(p, &t->clock); /* in nodes that the join has made */
        certify(t, own_base(t), BASE_NEVER, 0);
    }
    note_heard(t, said_stamp, p->weight);
    if (!p->stamp && t->slot != SLOT_NONE) p->stamp = t->absorbed = t->stamp; /* who hears this epoch has it all */
}

void publication_learn(struct publication *p, struct det_task *t) { learn(p, t, (struct help){0}); }

/* -- where all clocks are leaves ------------------------------------------------------------------------------------- */

/* Up to sixteen tasks, which most programs have: nothing has to be copied to be read. What is known afterwards, and by which
 * certificates, is what learn would come to. */
GORO_INLINE bool may_swap_leaf(const struct det_task *t) {
    return t->slot != SLOT_NONE && task_epoch(t) < slot_epoch_limit && clock_is_own_leaf(&t->clock);
}

/* What a publication says besides its tree, and what its learner can tell of the two. */
struct saying {
    uint64_t stamp, base, weight;
    bool holds_mine, holds_its;
};

static struct saying saying_of(const struct det_task *t) {
    return (struct saying){t->stamp | PUBLICATION_OWN, task_base(t), t->weight, false, false};
}

static void compare(struct saying *s, const struct clock_tree *tree, const struct det_task *learner) {
    struct publication p = {.tree = *tree, .stamp = s->stamp, .base = s->base};
    s->holds_mine = publication_says(&p, learner->base);
    s->holds_its = task_knows(learner, s->base);
}

/* The learner's clock has it already, but for its stamp. */
static void hear(const struct saying *s, struct det_task *t) {
    uint64_t said = s->stamp & PUBLICATION_OWN ? s->stamp : 0;
    if (said) clock_raise(&t->clock, stamp_slot(said), stamp_epoch(said));
    if (s->holds_mine) certify(t, s->stamp ? s->stamp & STAMP_MASK : own_base(t), s->base, said);
    else if (s->holds_its) certify(t, own_base(t), t->base, said);
    else certify(t, own_base(t), BASE_NEVER, 0);
    note_heard(t, said, s->weight);
}

static void swap_leaves(struct det_task *a, struct det_task *b) {
    struct saying of_a = saying_of(a), of_b = saying_of(b);
    compare(&of_a, &a->clock, b);
    compare(&of_b, &b->clock, a);
    task_advance(a);
    task_advance(b);
    clock_meet_leaves(&a->clock, &b->clock);
    hear(&of_b, a);
    hear(&of_a, b);
}

/* -- both ways ---------------------------------------------------------------------------------------------------------- */

void publication_swap(struct det_task *a, struct det_task *b) {
    struct publication of_a, of_b;
    if (likely(may_swap_leaf(a)) && likely(may_swap_leaf(b))) {
        swap_leaves(a, b);
        return;
    }
    publication_make(&of_a, a);
    publication_make(&of_b, b);
    task_advance(a);
    task_advance(b);
    /* Both then know the same. One tree for the two: it is joined once, and where neither learns anything more their next join
     * stops at equal pointers. */
    learn(&of_b, a, (struct help){.both = meeting_last(a, b), .once = true});
    learn(&of_a, b, (struct help){.sum = &a->clock});
    if (a->clock.root == b->clock.root) meeting_note(a, b);
    publication_drop(&of_a);
    publication_drop(&of_b);
}

bool board_exchange_leaf(struct board *b, struct det_task *t) {
    struct publication *p = &b->main;
    struct saying old = {p->stamp, p->base, p->weight, false, false};
    bool known;
    if (unlikely(b->queue) || unlikely(!may_swap_leaf(t)) || unlikely(!clock_is_own_leaf(&p->tree))) return false;
    known = publication_is_known(p, t);
    if (!known) compare(&old, &p->tree, t);
    p->stamp = t->stamp | PUBLICATION_OWN;
    p->base = task_base(t);
    p->weight = t->weight;
    task_advance(t);
    if (known) clock_copy(&p->tree, &t->clock);
    else clock_swap_leaves(&t->clock, &p->tree), hear(&old, t);
    return true;
}

/* -- the queue of a board -------------------------------------------------------------------------------------------- */

struct board_queue {
    uint32_t count, capacity;
    struct publication items[];
};

enum { QUEUE_FIRST = 4, QUEUE_COMPACT = 64 };

static size_t queue_bytes(uint32_t capacity) { return sizeof(struct board_queue) + capacity * sizeof(struct publication); }

static struct board_queue *new_queue(uint32_t capacity) {
    size_t n = queue_bytes(capacity);
    struct board_queue *q = n <= ARENA_SMALL_MAX ? arena_alloc(n) : arena_map(n);
    if (q) *q = (struct board_queue){.capacity = capacity};
    return q;
}

static void free_queue(struct board_queue *q) {
    size_t n = queue_bytes(q->capacity);
    if (n <= ARENA_SMALL_MAX) arena_free(q, n);
    else arena_unmap(q, n);
}

/* -- sorting: heapsort in place, for a queue may have a million items and there is no stack or memory to spare ---------- */

typedef bool before(const struct publication *a, const struct publication *b);

static bool heavier(const struct publication *a, const struct publication *b) { return a->weight > b->weight; }
static bool newer_in_slot(const struct publication *a, const struct publication *b) {
    return (a->stamp & STAMP_MASK) > (b->stamp & STAMP_MASK); /* the slot is the stamp's upper part */
}

static void sift_down(struct publication *a, uint32_t n, uint32_t at, before *is_before) {
    struct publication p = a[at];
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_before(&a[child], &a[child + 1])) child++;
        if (!is_before(&p, &a[child])) break;
        a[at] = a[child];
    }
    a[at] = p;
}

static void reverse_items(struct publication *a, uint32_t n) {
    for (uint32_t i = 0; i < n / 2; i++) {
        struct publication p = a[i];
        a[i] = a[n - 1 - i];
        a[n - 1 - i] = p;
    }
}

static void sort_items(struct publication *a, uint32_t n, before *is_before) {
    uint32_t up = 0, down = 0;
    for (uint32_t i = 1; i < n; i++) {
        down += is_before(&a[i], &a[i - 1]);
        up += is_before(&a[i - 1], &a[i]);
    }
    if (!down) return;
    if (!up) {
        reverse_items(a, n);
        return;
    }
    /* a heap with the last in order on top; then its top goes to the end, again and again */
    for (uint32_t i = n / 2; i-- > 0;) sift_down(a, n, i, is_before);
    for (uint32_t end = n - 1; end > 0; end--) {
        struct publication p = a[0];
        a[0] = a[end];
        a[end] = p;
        sift_down(a, end, 0, is_before);
    }
}

/* -- folding ------------------------------------------------------------------------------------------------------------ */

/* acc comes to contain p, whose reference is consumed. */
static void fold_item(struct clock_tree *acc, struct publication *p) {
    if (!(p->stamp && tree_knows(acc, p->stamp))) {
        if (!tree_knows(acc, p->base)) clock_join(acc, &p->tree, NULL);
        enter_stamp(p, acc);
    }
    clock_drop(&p->tree);
}

static bool says_nothing(const struct publication *p) { return !p->stamp && p->tree.root == clock_empty(); }

/* The join of main and all queued becomes main. */
static void fold_board(struct board *b) {
    struct board_queue *q = b->queue;
    if (!q) return;
    b->queue = NULL;
    sort_items(q->items, q->count, heavier);
    struct publication sum = q->items[0];
    bool alone = q->count == 1 && says_nothing(&b->main);
    if (!alone) {
        enter_stamp(&sum, &sum.tree);
        bool main_first = b->main.weight > sum.weight;
        if (main_first) fold_item(&sum.tree, &b->main);
        for (uint32_t i = 1; i < q->count; i++) fold_item(&sum.tree, &q->items[i]);
        if (main_first) sum.weight = b->main.weight;
        else fold_item(&sum.tree, &b->main);
        sum.stamp = 0;
        sum.base = BASE_NEVER;
    }
    b->main = sum;
    free_queue(q);
}

/* Keeps the newest of each slot only: what a slot said later contains what it said before. */
static void compact_queue(struct board_queue *q) {
    sort_items(q->items, q->count, newer_in_slot);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < q->count; i++) {
        struct publication *p = &q->items[i];
        bool older = kept && is_own(p) && is_own(&q->items[kept - 1]) && stamp_slot(q->items[kept - 1].stamp) == stamp_slot(p->stamp);
        if (older) clock_drop(&p->tree);
        else q->items[kept++] = *p;
    }
    q->count = kept;
}

/* Room for one more in the queue; false: there is no memory. */
static bool reserve_item(struct board *b) {
    struct board_queue *q = b->queue;
    if (q && q->count < q->capacity) return true;
    if (q && q->count >= QUEUE_COMPACT) {
        compact_queue(q);
        if (q->count <= q->capacity / 2) return true;
    }
    struct board_queue *bigger = new_queue(q ? q->capacity * 2 : QUEUE_FIRST);
    if (!bigger) return false;
    if (q) {
        bigger->count = q->count;
        memcpy(bigger->items, q->items, q->count * sizeof q->items[0]);
        free_queue(q);
    }
    b->queue = bigger;
    return true;
}

/* -- boards ---------------------------------------------------------------------------------------------------------------- */

void board_init(struct board *b) {
    *b = (struct board){0};
    clock_init(&b->main.tree);
}

static void clear_queue(struct board *b) {
    struct board_queue *q = b->queue;
    if (!q) return;
    for (uint32_t i = 0; i < q->count; i++) clock_drop(&q->items[i].tree);
    free_queue(q);
    b->queue = NULL;
}

void board_clear(struct board *b) {
    clear_queue(b);
    publication_drop(&b->main);
}

void board_set(struct board *b, const struct det_task *t) {
    if (unlikely(b->queue)) clear_queue(b);
    clock_copy(&b->main.tree, &t->clock);
    b->main.stamp = t->slot == SLOT_NONE ? 0 : t->stamp | PUBLICATION_OWN;
    b->main.base = task_base(t);
    b->main.weight = t->weight;
}

/* Takes from the queue's end what t knows: its own publication says as much. */
static void drop_known(struct board *b, const struct det_task *t) {
    struct board_queue *q = b->queue;
    while (q->count && publication_is_known(&q->items[q->count - 1], t)) clock_drop(&q->items[--q->count].tree);
    if (q->count) return;
    free_queue(q);
    b->queue = NULL;
}

void board_add(struct board *b, const struct det_task *t) {
    if (b->queue) drop_known(b, t);
    if (!b->queue && (says_nothing(&b->main) || publication_is_known(&b->main, t))) {
        board_set(b, t);
        return;
    }
    struct publication p;
    publication_make(&p, t);
    board_add_publication(b, &p);
}

void board_add_publication(struct board *b, struct publication *p) {
    if (likely(reserve_item(b))) {
        b->queue->items[b->queue->count++] = *p;
        return;
    }
    /* no memory for the queue: joined at once */
    fold_board(b);
    enter_stamp(&b->main, &b->main.tree);
    enter_stamp(p, &p->tree);
    clock_join(&b->main.tree, &p->tree, NULL);
    clock_drop(&p->tree);
    if (b->main.weight < p->weight) b->main.weight = p->weight;
    b->main.stamp = 0;
    b->main.base = BASE_NEVER;
}

void board_learn(struct board *b, struct det_task *t) {
    if (unlikely(b->queue)) fold_board(b);
    publication_learn(&b->main, t);
}

bool board_is_known(const struct board *b, const struct det_task *t) {
    return !b->queue && publication_is_known(&b->main, t);
}

void board_add_board(struct board *to, struct board *from, uint32_t queue_max) {
    fold_board(from);
    if (says_nothing(&from->main)) return;
    const struct board_queue *q = to->queue;
    const struct publication *last = q ? &q->items[q->count - 1] : &to->main;
    if (last->tree.root == from->main.tree.root && last->stamp == from->main.stamp) return; /* said already */
    if (q && q->count >= queue_max) fold_board(to);
    struct publication p;
    publication_copy(&p, &from->main);
    board_add_publication(to, &p);
}

uint32_t board_heard(struct board *b, uint32_t slot) {
    fold_board(b);
    uint32_t own = is_own(&b->main) && stamp_slot(b->main.stamp) == slot ? stamp_epoch(b->main.stamp) : 0;
    uint32_t known = clock_get(&b->main.tree, slot);
    return own > known ? own : known;
}

void board_check(const struct board *b) {
    clock_check(&b->main.tree);
    if (!b->queue) return;
    goro_assert(b->queue->count > 0 && b->queue->count <= b->queue->capacity);
    for (uint32_t i = 0; i < b->queue->count; i++) clock_check(&b->queue->items[i].tree);
}
