/* Each goroutine's next event has a random priority, drawn when it came to be the next, and the highest is made. Those that
 * race with it, on the same object and one of the two a write, draw anew. So the order of two events that race hangs little on
 * how far away they are: one that is k steps behind the other comes first in one schedule of k + 1 or so, where a random walk has it
 * in one of 2^k.
 *
 * The object is known of atomic operations and of plain accesses that meet. Operations of the library are taken to race with each
 * other: they draw anew more often than they need to.
 *
 * A priority is a hash of the goroutine's id and of how often it has drawn. Goroutines whose ids differ by TABLE share that
 * count, which hurts no one. */
#include "instrument/pos.h"

#include <string.h>

enum { TABLE = 1 << 10 };

struct event {
    uint64_t object;
    uint32_t draws;
    bool writes;
};
static struct {
    uint64_t seed;
    struct event next[TABLE];
} self;

static struct event *event_of(uint64_t id) { return &self.next[id % TABLE]; }

/* splitmix64's output function, as in strategy.c. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t priority_of(uint64_t id) {
    return mix(self.seed + mix(id * UINT64_C(0x9e3779b97f4a7c15) + mix(event_of(id)->draws + UINT64_C(1))));
}

void pos_begin(uint64_t seed) {
    memset(&self, 0, sizeof self);
    self.seed = mix(seed + UINT64_C(0x9e3779b97f4a7c15));
}

void pos_about(uint64_t id, uint64_t object, bool writes) {
    event_of(id)->object = object;
    event_of(id)->writes = writes;
}

static bool race(const struct event *a, const struct event *b) {
    return a->object == b->object && (a->writes || b->writes);
}

unsigned pos_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q) {
    unsigned best = 0;
    uint64_t most = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t p = priority_of(id_of(q, i));
        if (p >= most) most = p, best = i;
    }
    struct event *made = event_of(id_of(q, best));
    for (unsigned i = 0; i < n; i++) {
        struct event *e = event_of(id_of(q, i));
        if (e != made && race(e, made)) e->draws++;
    }
    made->draws++;
    return best;
}
