/* The run queue's slow parts, and lists of goroutines. */
#include "runtime/runq.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_RING = 512 };

/* Own mapping, not malloc: in a race build malloc belongs to the program under test. */
void runq_grow(struct runq *q) {
    uint32_t count = q->tail - q->head, old_size = q->ring ? q->mask + 1 : 0;
    uint32_t size = old_size ? old_size * 2 : FIRST_RING;
    goro_assert(size > old_size);
    struct g **ring =
        mmap(NULL, size * sizeof *ring, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED) environment_error("mmap", "no memory for a longer run queue", errno);
    for (uint32_t i = 0; i < count; i++) ring[i] = q->ring[(q->head + i) & q->mask];
    if (q->ring) munmap(q->ring, old_size * sizeof *ring);
    q->ring = ring;
    q->mask = size - 1;
    hint_set(q->head, 0);
    hint_set(q->tail, count);
}

void runq_promote(struct runq *q, uint32_t i) {
    if (q->next && i-- == 0) return;
    struct g **place = &q->ring[(q->head + i) & q->mask];
    struct g *g = *place;
    if (q->next) {
        *place = q->next;
        q->next = g;
    } else {
        *place = q->ring[q->head & q->mask];
        q->ring[q->head & q->mask] = g;
    }
}

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

uint32_t runq_move_half(struct runq *q, struct g_list *to, uint32_t limit) {
    uint32_t n = (runq_ring_count(q) + 1) / 2;
    if (n > limit) n = limit;
    for (uint32_t i = 0; i < n; i++) g_list_push(to, runq_pop(q));
    return n;
}
