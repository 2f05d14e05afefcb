/* The run queue's slow parts, and lists of goroutines. */
#include "runtime/runq.h"

#include <errno.h>
#include <sys/mman.h>

enum { FIRST_MAPPING = 512 };

static void ring_init(struct ring *r) {
    *r = (struct ring){.mask = RING_FIRST - 1};
    r->slots = r->first;
}

void runq_init(struct runq *q) {
    q->next = NULL;
    ring_init(&q->fresh);
    ring_init(&q->woken);
}

/* Own mapping, not malloc: in a race build malloc belongs to the program under test. */
void ring_grow(struct ring *r) {
    uint32_t count = r->tail - r->head, old_size = r->mask + 1;
    uint32_t size = r->slots == r->first ? FIRST_MAPPING : old_size * 2;
    goro_assert(size > old_size);
    struct g **slots = mmap(NULL, size * sizeof *slots, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED) environment_error("mmap", "no memory for a longer run queue", errno);
    for (uint32_t i = 0; i < count; i++) slots[i] = r->slots[(r->head + i) & r->mask];
    if (r->slots != r->first) munmap(r->slots, old_size * sizeof *slots);
    r->slots = slots;
    r->mask = size - 1;
    hint_set(r->head, 0);
    hint_set(r->tail, count);
}

void runq_expect(struct runq *q) {
    ring_grow(&q->fresh);
    ring_grow(&q->woken);
}

struct g *runq_pick_fair(struct runq *q) {
    q->turn = !q->turn;
    struct g *g = ring_pop_oldest(q->turn ? &q->woken : &q->fresh);
    if (!g) g = ring_pop_oldest(q->turn ? &q->fresh : &q->woken);
    return g ? g : runq_take_next(q);
}

static struct g **place_of(struct runq *q, uint32_t i) {
    if (q->next && i-- == 0) return &q->next;
    uint32_t fresh = ring_count(&q->fresh);
    struct ring *r = i < fresh ? &q->fresh : &q->woken;
    if (r == &q->woken) i -= fresh;
    return &r->slots[(r->head + i) & r->mask];
}

uint64_t runq_id(const void *queue, unsigned i) { return (*place_of((struct runq *)queue, i))->id; }

/* To `next`, which the owner takes first when he follows a strategy (find_work looks there, too, in race builds). */
void runq_promote(struct runq *q, uint32_t i) {
    goro_assert(i < runq_total(q));
    struct g **place = place_of(q, i), *chosen = *place;
    if (place == &q->next) return;
    if (q->next) {
        *place = q->next;
    } else {
        struct ring *r = i < ring_count(&q->fresh) ? &q->fresh : &q->woken;
        *place = r->slots[r->head & r->mask];
        ring_pop_oldest(r);
    }
    hint_set(q->next, chosen);
}

uint32_t runq_give(struct runq *q, struct g_list *to, uint32_t limit) {
    uint32_t n = (runq_in_line(q) + 1) / 2, given = 0;
    if (n > limit) n = limit;
    for (struct g *g; given < n && (g = ring_pop_oldest(&q->fresh)); given++) g_list_push(to, g);
    for (struct g *g; given < n && (g = ring_pop_oldest(&q->woken)); given++) g_list_push(to, g);
    return given;
}

void runq_give_all(struct runq *q, struct g_list *to) {
    struct g *g;
    while ((g = runq_pick_fair(q))) g_list_push(to, g);
}

static void ring_check(const struct ring *r, bool fresh) {
    goro_assert(ring_count(r) <= (r->slots ? r->mask + 1 : 0));
    for (uint32_t i = r->head; i != r->tail; i++) {
        const struct g *g = r->slots[i & r->mask];
        goro_assert(g && g->state == G_QUEUED);
        goro_assert(!fresh || g->flags & G_FRESH);
    }
}

void runq_check(const struct runq *q) {
    goro_assert(!q->next || q->next->state == G_QUEUED);
    ring_check(&q->fresh, true);
    ring_check(&q->woken, false);
}

/* -- lists --------------------------------------------------------------------------------------------------------- */

void g_list_push(struct g_list *l, struct g *g) {
    g->next = NULL;
    if (l->tail) l->tail->next = g;
    else l->head = g;
    l->tail = g;
    hint_set(l->count, l->count + 1);
}

struct g *g_list_pop(struct g_list *l) {
    struct g *g = l->head;
    if (!g) return NULL;
    l->head = g->next;
    if (!l->head) l->tail = NULL;
    hint_set(l->count, l->count - 1);
    return g;
}
