/* WaitGroups: the counts by site for GW001, and the order of Add and Wait for GW003.
 *
 * GW003: each add from zero must be ordered with the start of each wait that could overlap it, one way or the other;
 * adds need no order among themselves, nor do waits. That is the rule of a race between a plain read and an atomic
 * write, so it is looked for as one: an add from zero reads the marker, a byte of the WaitGroup's own, and each wait
 * writes it atomically.
 *
 * Threads: the counts are under a lock of their own, taken inside the world. */
#include "detector/waitgroup.h"
#include "detector/arena.h"
#include "detector/path.h"
#include "detector/trail.h"
#include "detector/world.h"

#include <string.h>

enum { BUCKETS = 1 << 10, MARKER = 4 /* bytes into it */ };

struct site_count {
    struct site_count *next;
    uint64_t count;
    uint32_t site;
    bool adds;
};

struct counts {
    struct counts *next;
    uintptr_t wg;
    struct site_count *sites;
};

static struct engine_lock lock;
static struct counts *heads[BUCKETS];

static struct counts **find(uintptr_t wg) {
    struct counts **p = &heads[(wg >> 3) * 0x9e3779b97f4a7c15u >> 54]; /* golden ratio, as path_hash_child */

    while (*p && (*p)->wg != wg) p = &(*p)->next;
    return p;
}
_Static_assert(BUCKETS == 1 << 10, "a bucket is ten bits of the hash");

static void forget(struct counts **at) {
    struct counts *c = *at;

    if (!c) return;
    for (struct site_count *s = c->sites, *next; s; s = next) {
        next = s->next;
        arena_free(s, sizeof *s);
    }
    *at = c->next;
    arena_free(c, sizeof *c);
}

static void count(struct counts **at, uintptr_t wg, uint32_t site, int64_t delta) {
    struct site_count *s;

    if (!*at && (*at = arena_zalloc(sizeof **at))) (*at)->wg = wg;
    if (!*at) return;
    for (s = (*at)->sites; s && (s->site != site || s->adds != (delta > 0));) s = s->next;
    if (!s && (s = arena_zalloc(sizeof *s))) {
        s->site = site;
        s->adds = delta > 0;
        s->next = (*at)->sites;
        (*at)->sites = s;
    }
    if (s) s->count += (uint64_t)(delta > 0 ? delta : -delta);
}

void det_wg_add(struct det_task *t, uintptr_t wg, int64_t delta, int64_t before, uintptr_t pc) {
    ENGINE_SECTION;
    struct counts **at;

    if (delta > 0 && before == 0) det_range(t, wg + MARKER, 1, DET_READ | DET_MARK, pc);
    world_enter(t);
    engine_lock_take(&lock);
    at = find(wg);
    if (before == 0) forget(at); /* its address was another's before */
    at = find(wg);
    if (before + delta > 0) count(at, wg, trail_site(t, pc), delta);
    else forget(at);
    engine_lock_drop(&lock);
    world_leave(t);
}

void det_wg_wait(struct det_task *t, uintptr_t wg, uintptr_t pc) {
    ENGINE_SECTION;
    det_range(t, wg + MARKER, 1, DET_WRITE | DET_ATOMIC | DET_MARK, pc);
}

void waitgroup_tell(uintptr_t wg, struct plight *p) {
    engine_lock_take(&lock);
    for (int adds = 1; adds >= 0; adds--)
        for (const struct site_count *s = *find(wg) ? (*find(wg))->sites : NULL; s; s = s->next) {
            struct finding_part *x;

            if (s->adds != adds) continue;
            x = plight_add(p, adds ? FINDING_ADDS : FINDING_DONES, NULL, FINDING_WG, wg, s->site);
            if (x) x->count = s->count;
        }
    engine_lock_drop(&lock);
}

void waitgroup_mark(void) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct counts *c = heads[i]; c; c = c->next)
            for (const struct site_count *s = c->sites; s; s = s->next) path_mark(s->site);
}

void waitgroup_engine_init(void) {
    memset(heads, 0, sizeof heads);
    engine_lock_keep(&lock);
}
