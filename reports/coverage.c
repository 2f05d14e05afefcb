/* Adds up the parts of an exploration. Files of different explorations are merged all the same: each that is divided must
 * have its parts. */
#include "reports/coverage.h"
#include "reports/memory.h"

#include <stdlib.h>
#include <string.h>

struct part {
    const char *path;
    struct progress p;
};

static struct part *parts;
static size_t count, capacity;

void coverage_add(const char *path, const struct progress *p) {
    parts = memory_grow(parts, count, &capacity, sizeof *parts);
    parts[count++] = (struct part){path, *p};
}

static bool is_same_exploration(const struct part *a, const struct part *b) {
    return a->p.seed == b->p.seed && a->p.shard.count == b->p.shard.count;
}

static bool has_part(const struct part *of, uint64_t index) {
    for (size_t i = 0; i < count; i++)
        if (is_same_exploration(&parts[i], of) && parts[i].p.shard.index == index) return true;
    return false;
}

static bool is_first_of_its(size_t i) {
    for (size_t k = 0; k < i; k++)
        if (is_same_exploration(&parts[k], &parts[i])) return false;
    return true;
}

static bool tell_missing(const struct part *of) {
    bool whole = true;

    for (uint64_t index = 1; index <= of->p.shard.count; index++) {
        if (has_part(of, index)) continue;
        complain("part %llu/%llu of the exploration from seed %llu on is missing", (unsigned long long)index,
                 (unsigned long long)of->p.shard.count, (unsigned long long)of->p.seed);
        whole = false;
    }
    return whole;
}

bool coverage_tell(bool quiet) {
    unsigned long long done = 0;
    bool whole = true;

    for (size_t i = 0; i < count; i++) {
        const struct progress *p = &parts[i].p;

        done += p->done;
        if (is_first_of_its(i)) whole &= tell_missing(&parts[i]);
        if (p->of == UINT64_MAX || p->done >= p->of) continue;
        complain("%s: %llu of %llu schedules were run; the same command goes on there", parts[i].path,
                 (unsigned long long)p->done, (unsigned long long)p->of);
        whole = false;
    }
    if (count && !quiet)
        complain("%llu schedule%s in %zu part%s", done, done == 1 ? "" : "s", count, count == 1 ? "" : "s");
    free(parts);
    parts = NULL;
    count = capacity = 0;
    return whole;
}
