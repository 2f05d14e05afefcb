/* Selects events by the seed, and adds up the counts.
 *
 * One schedule of four has all events; the others have those on one object on which more than one goroutine was, drawn
 * among all such objects: operations of the library together are one. A bug is most often of few events on one object
 * (Zhao and others, as in instrument/surw.h): there are far fewer orders of these. */
#include "reports/surw.h"
#include "reports/memory.h"
#include "detector/wire.h"

#include <stdbool.h>
#include <string.h>

enum { ANCESTORS_MAX = 64, ALL_IN = 4 };

struct count {
    uint64_t name, object, value;
};
static struct {
    struct count counts[WIRE_COUNTS_MAX];
    size_t count;
    uint64_t objects[WIRE_COUNTS_MAX]; /* that can be selected */
    size_t object_count;
    uint64_t order[WIRE_SLEEP_MAX];
    size_t order_count;
} self;

/* splitmix64's output function: Steele, Lea, Flood, OOPSLA 2014. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Somebody else was there before. */
static bool is_met(size_t at) {
    for (size_t i = 0; i < at; i++)
        if (self.counts[i].object == self.counts[at].object && self.counts[i].name != self.counts[at].name) return true;
    return false;
}

static void add_object(uint64_t object) {
    for (size_t i = 0; i < self.object_count; i++)
        if (self.objects[i] == object) return;
    self.objects[self.object_count++] = object;
}

void surw_learn(const uint64_t *words, size_t n) {
    self.count = self.object_count = 0;
    for (size_t i = 0; i + 3 <= n && self.count < WIRE_COUNTS_MAX; i += 3)
        self.counts[self.count++] = (struct count){words[i], words[i + 1], words[i + 2]};
    for (size_t i = 0; i < self.count; i++)
        if (self.counts[i].object != WIRE_COUNTS_PARENT && is_met(i)) add_object(self.counts[i].object);
}

/* 0: it has none. */
static uint64_t parent_of(uint64_t name) {
    for (size_t i = 0; i < self.count; i++)
        if (self.counts[i].object == WIRE_COUNTS_PARENT && self.counts[i].name == name) return self.counts[i].value;
    return 0;
}

static void put(uint64_t name, uint64_t events) {
    for (size_t i = 1; i < self.order_count; i += 2)
        if (self.order[i] == name) {
            self.order[i + 1] += events;
            return;
        }
    if (self.order_count + 2 > array_length(self.order)) return;
    self.order[self.order_count++] = name;
    self.order[self.order_count++] = events;
}

static uint64_t select_object(uint64_t seed) {
    uint64_t drawn = mix(seed + UINT64_C(0x9e3779b97f4a7c15));

    if (drawn % ALL_IN == 0 || !self.object_count) return WIRE_COUNTS_ALL;
    return self.objects[(drawn >> 32) % self.object_count];
}

struct dfs_order surw_order(uint64_t seed) {
    uint64_t selected = select_object(seed);

    self.order_count = 0;
    self.order[self.order_count++] = selected;
    for (size_t i = 0; i < self.count; i++) {
        const struct count *c = &self.counts[i];
        unsigned depth = 0;
        if (c->object == WIRE_COUNTS_PARENT || (selected != WIRE_COUNTS_ALL && c->object != selected)) continue;
        for (uint64_t name = c->name; name && depth < ANCESTORS_MAX; name = parent_of(name), depth++)
            put(name, c->value);
    }
    return (struct dfs_order){.sleep = self.order, .sleep_count = self.order_count};
}
