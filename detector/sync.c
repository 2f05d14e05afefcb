/* Sync objects, first form: one tree each, joined at every operation.
 *
 * Threads: each object has its lock. */
#include "detector/sync.h"
#include "detector/access.h"
#include "detector/arena.h"
#include "detector/task.h"

struct det_sync {
    struct clock_tree tree;
    struct engine_lock lock;
    uintptr_t address;
    struct det_sync *next;
};

static struct {
    struct engine_lock lock;
    struct det_sync *by_address; /* a list, for now */
    uint64_t count;
} syncs;

struct det_sync *det_sync_new(void) {
    struct det_sync *s = arena_zalloc_essential(sizeof *s);
    clock_init(&s->tree);
    __atomic_fetch_add(&syncs.count, 1, __ATOMIC_RELAXED);
    return s;
}

void det_sync_free(struct det_sync *s) {
    clock_drop(&s->tree);
    arena_free(s, sizeof *s);
    __atomic_fetch_sub(&syncs.count, 1, __ATOMIC_RELAXED);
}

struct det_sync *det_sync_at(uintptr_t address) {
    engine_lock_take(&syncs.lock);
    struct det_sync *s = syncs.by_address;
    while (s && s->address != address) s = s->next;
    if (!s) {
        s = det_sync_new();
        s->address = address;
        s->next = syncs.by_address;
        syncs.by_address = s;
    }
    engine_lock_drop(&syncs.lock);
    return s;
}

void sync_forget(uintptr_t address, size_t n) {
    engine_lock_take(&syncs.lock);
    for (struct det_sync **p = &syncs.by_address; *p;) {
        struct det_sync *s = *p;
        if (s->address - address < n) {
            *p = s->next;
            det_sync_free(s);
        } else p = &s->next;
    }
    engine_lock_drop(&syncs.lock);
}

static void enter_own(struct det_task *t, struct clock_tree *c) {
    if (t->slot != SLOT_NONE) clock_raise(c, t->slot, task_epoch(t));
}

static void learn(struct det_task *t, const struct clock_tree *c) {
    if (clock_join(&t->clock, c)) t->base = t->stamp;
}

void det_acquire(struct det_task *t, struct det_sync *s) {
    engine_lock_take(&s->lock);
    learn(t, &s->tree);
    engine_lock_drop(&s->lock);
}

void det_release(struct det_task *t, struct det_sync *s) {
    engine_lock_take(&s->lock);
    clock_copy(&s->tree, &t->clock);
    enter_own(t, &s->tree);
    engine_lock_drop(&s->lock);
    task_advance(t);
}

void det_merge(struct det_task *t, struct det_sync *s) {
    engine_lock_take(&s->lock);
    clock_join(&s->tree, &t->clock);
    enter_own(t, &s->tree);
    engine_lock_drop(&s->lock);
    task_advance(t);
}

void det_exchange(struct det_task *t, struct det_sync *s) {
    engine_lock_take(&s->lock);
    struct clock_tree old = s->tree;
    clock_init(&s->tree);
    clock_copy(&s->tree, &t->clock);
    enter_own(t, &s->tree);
    task_advance(t);
    learn(t, &old);
    clock_drop(&old);
    engine_lock_drop(&s->lock);
}

void det_rendezvous(struct det_task *a, struct det_task *b) {
    enter_own(a, &a->clock);
    enter_own(b, &b->clock);
    task_advance(a);
    task_advance(b);
    learn(a, &b->clock);
    learn(b, &a->clock);
}

struct det_atomic det_atomic_begin(struct det_task *t, uintptr_t address, size_t size, enum det_atomic_op op, uintptr_t pc) {
    struct det_atomic a = {.sync = det_sync_at(address), .task = t};
    engine_lock_take(&a.sync->lock);
    det_access(t, address, size, DET_ATOMIC | (op == DET_ATOMIC_LOAD ? DET_READ : DET_WRITE), pc);
    return a;
}

void det_atomic_end(struct det_atomic a, enum det_atomic_op op, int order) {
    struct det_sync *s = a.sync;
    struct det_task *t = a.task;
    bool acquires = order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
    bool releases = order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
    if (op != DET_ATOMIC_STORE && acquires) learn(t, &s->tree);
    if (op == DET_ATOMIC_STORE) clock_drop(&s->tree);
    if (op != DET_ATOMIC_LOAD && releases) {
        clock_join(&s->tree, &t->clock);
        enter_own(t, &s->tree);
        task_advance(t);
    }
    engine_lock_drop(&s->lock);
}

void det_fence(struct det_task *t, int order) { (void)t, (void)order; }

void sync_engine_init(void) {
    syncs.by_address = NULL;
    syncs.count = 0;
}
void sync_engine_fini(void) {}
void sync_engine_stats(struct det_stats *out) { out->syncs = syncs.count; }
void sync_check(void) {
    for (struct det_sync *s = syncs.by_address; s; s = s->next) clock_check(&s->tree);
}
