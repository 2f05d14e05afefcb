/* What runs on time or until it is cancelled, in a hash table by address, so that main's end can say what was left (GX001).
 *
 * Threads: a lock of its own, taken inside the world; nothing is taken under it but the arena's. */
#include "detector/leftover.h"
#include "detector/arena.h"
#include "detector/path.h"
#include "detector/plight.h"
#include "detector/trail.h"
#include "detector/world.h"

#include <string.h>

enum { BUCKETS = 1 << 12, KINDS_MAX = FINDING_PARTS_MAX };

struct running {
    struct running *next;
    const struct task_record *record;
    uintptr_t object;
    uint32_t site, size;
    uint8_t kind; /* enum finding_object */
};

static struct engine_lock lock;
static struct {
    struct running *heads[BUCKETS];
    size_t count, largest; /* largest: timer */
} table;

static struct running **bucket_of(uintptr_t object) {
    return &table.heads[(object >> 3) * 0x9e3779b97f4a7c15u >> 52]; /* golden ratio, as path_hash_child */
}
_Static_assert(BUCKETS == 1 << 12, "a bucket is twelve bits of the hash");

static struct running **find(uintptr_t object) {
    struct running **p = bucket_of(object);

    while (*p && (*p)->object != object) p = &(*p)->next;
    return p;
}

static struct running *find_or_make(uintptr_t object) {
    struct running **p = find(object);

    if (*p) return *p;
    *p = arena_zalloc(sizeof **p);
    if (*p) table.count++;
    else engine_degraded("no memory to remember timers and contexts: some that are never stopped are not reported");
    return *p;
}

void det_object_started(struct det_task *t, enum finding_object kind, uintptr_t object, size_t n, uintptr_t pc) {
    ENGINE_SECTION;
    struct running *r;

    world_enter(t);
    engine_lock_take(&lock);
    r = find_or_make(object);
    if (r) {
        r->record = t->record;
        r->object = object;
        r->site = trail_site(t, pc);
        r->size = (uint32_t)n;
        r->kind = (uint8_t)kind;
        if (kind == FINDING_TIMER && n > table.largest) table.largest = n;
    }
    engine_lock_drop(&lock);
    world_leave(t);
}

void det_object_stopped(uintptr_t object) {
    ENGINE_SECTION;
    struct running **p, *r;

    engine_lock_take(&lock);
    p = find(object);
    r = *p;
    if (r) {
        *p = r->next;
        table.count--;
        arena_free(r, sizeof *r);
    }
    engine_lock_drop(&lock);
}

bool leftover_is_timer(uintptr_t address) {
    bool found = false;

    engine_lock_take(&lock);
    for (uintptr_t back = 0; !found && back < table.largest && back <= address; back += 8) {
        const struct running *r = *find((address & ~(uintptr_t)7) - back);

        found = r && r->kind == FINDING_TIMER && address - r->object < r->size;
    }
    engine_lock_drop(&lock);
    return found;
}

/* -- at the end ------------------------------------------------------------------------------------------------------- */

struct kind_of_leftover {
    struct running first;
    uint64_t count;
};
struct collection {
    struct kind_of_leftover kinds[KINDS_MAX];
    uint32_t count;
};

static void collect(struct collection *c, const struct running *r) {
    uint32_t i = 0;

    while (i < c->count && (c->kinds[i].first.site != r->site || c->kinds[i].first.kind != r->kind)) i++;
    if (i == KINDS_MAX) return; /* 48 places are enough to begin with */
    if (i == c->count) c->kinds[c->count++].first = *r;
    c->kinds[i].count++;
}

static struct plight *describe(const struct kind_of_leftover *k, const char *code, enum finding_severity severity) {
    struct plight *p = plight_new(code, severity, path_value(k->first.site), k->first.kind);
    struct finding_part *x;

    if (!p) return NULL;
    x = plight_add(p, FINDING_STARTS, k->first.record, (enum finding_object)k->first.kind, k->first.object,
                   k->first.site);
    x->count = k->count;
    return p;
}

static bool is_empty(void) {
    bool empty;

    engine_lock_take(&lock);
    empty = !table.count;
    engine_lock_drop(&lock);
    return empty;
}

void leftover_report(void) {
    struct collection *c = is_empty() ? NULL : arena_map(sizeof *c);

    if (!c) return;
    engine_lock_take(&lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct running *r = table.heads[i]; r; r = r->next) collect(c, r);
    engine_lock_drop(&lock);
    for (uint32_t i = 0; i < c->count; i++) {
        world_hold();
        struct plight *p = describe(&c->kinds[i], "GX001", FINDING_NOTE);
        world_release();
        if (p) plight_emit(p);
    }
    arena_unmap(c, sizeof *c);
}

void det_timer_overwritten(uintptr_t timer) {
    ENGINE_SECTION;
    struct kind_of_leftover k = {.count = 1};
    const struct running *r;
    struct plight *p;

    engine_lock_take(&lock);
    r = *find(timer);
    if (r) k.first = *r;
    engine_lock_drop(&lock);
    if (!k.first.object) return;
    world_hold();
    p = describe(&k, "GM003", FINDING_ERROR);
    world_release();
    if (p) plight_emit(p);
}

void leftover_mark(void) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct running *r = table.heads[i]; r; r = r->next) {
            path_mark(r->site);
            task_mark_record((uintptr_t)r->record);
        }
}

void leftover_engine_init(void) {
    memset(&table, 0, sizeof table);
    engine_lock_keep(&lock);
}
