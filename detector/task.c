/* Tasks: birth, names, the end, and who is who afterwards.
 *
 * A child is born with its parent's clock: a reference to the parent's tree, with the parent's epoch entered. The
 * parent's epoch is thereby published, and advances.
 *
 * Always true
 *  1. Each live task is in the list of live ones, and its record points back at it.
 *  2. A task's last epoch counts as used only if shadow recorded an access in it, or if its stamp was left somewhere
 *     as a certificate; else the epoch before, which was published (or is the tenure's beginning), is what a new owner
 *     of the slot must know.
 *
 * Threads: the list, names and the live/ended state are under tasks.lock; the task itself is its runner's. */
#include "detector/task.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/meeting.h"
#include "detector/preserve.h"
#include "detector/reorder.h"
#include "detector/slot.h"
#include "detector/sync.h"
#include "detector/tally.h"
#include "detector/waitgraph.h"

#include <string.h>

static struct {
    struct engine_lock lock;
    struct det_task *alive;
    uint64_t alive_count, ever;
} tasks;

static struct task_record *new_record(const struct det_task *parent, enum det_task_kind kind, uint64_t id,
                                      uintptr_t entry) {
    struct task_record *r = arena_zalloc_essential(sizeof *r);
    r->id = id;
    r->kind = (uint8_t)kind;
    r->entry = entry;
    r->born = tally_round();
    if (parent) {
        r->parent_id = parent->record->id;
        r->parent_thread = parent->record->kind == DET_THREAD;
        r->parent_stamp = parent->stamp;
    }
    return r;
}

/* Gives the task its record and a slot to go with it. */
static void enter_slot(struct det_task *t, struct task_record *r) {
    r->task = t;
    t->record = r;
    task_set_stamp(t, slot_take(&t->clock, r));
    t->slot = stamp_slot(t->stamp);
    t->touched = t->absorbed = 0;
    for (uint32_t i = 0; i < TASK_BOUNDS; i++) t->bounds[i] = task_bound(i, 0);
    if (t->slot < TASK_BOUNDS) t->bounds[t->slot] = task_bound(t->slot, EPOCH_MAX);
    t->heard = true;
    if (t->slot == SLOT_NONE) t->ignore++; /* for good: see slot_take */
}

void task_renew_bounds(struct det_task *t) {
    t->heard = false;
    if (t->clock.height) return; /* of many slots: the first are not the ones */
    for (uint32_t i = 0; i < TASK_BOUNDS; i++) t->bounds[i] = task_bound(i, (uint32_t)t->clock.root->epoch[i]);
    if (t->slot < TASK_BOUNDS) t->bounds[t->slot] = task_bound(t->slot, EPOCH_MAX);
}

static void link_alive(struct det_task *t) {
    engine_lock_take(&tasks.lock);
    t->next_alive = tasks.alive;
    if (tasks.alive) tasks.alive->prev_alive = t;
    tasks.alive = t;
    tasks.alive_count++;
    tasks.ever += t->record->kind != DET_THREAD || t->record->parent_id != 0; /* not a thread that nobody announced */
    engine_lock_drop(&tasks.lock);
}

struct det_task *det_task_new(struct det_task *parent, enum det_task_kind kind, uint64_t id, uintptr_t entry,
                              uintptr_t pc) {
    ENGINE_SECTION;
    struct det_task *t = arena_zalloc_essential(sizeof *t);
    clock_init(&t->clock);
    struct task_record *r = new_record(parent, kind, id, entry);
    if (parent) {
        clock_copy(&t->clock, &parent->clock);
        if (parent->slot != SLOT_NONE) {
            clock_raise(&t->clock, parent->slot, task_epoch(parent));
            t->base = t->extra = parent->stamp;
        } else t->base = parent->base;
        t->prior = parent->base;
        t->weight = parent->weight + 1;
        task_advance(parent);
    }
    enter_slot(t, r);
    task_trail_begin(t, parent, pc);
    link_alive(t);
    if (unlikely(reorder_on)) preserve_born(t, parent);
    return t;
}

void task_move_slot(struct det_task *t) {
    uint64_t last = t->stamp;
    struct task_record *old = t->record;
    if (t->slot == SLOT_NONE) return;
    clock_raise(&t->clock, t->slot, task_epoch(t));
    struct task_record *r = arena_zalloc_essential(sizeof *r);
    *r = *old;
    r->pinned = old->pinned = true;
    enter_slot(t, r);
    engine_lock_take(&tasks.lock);
    old->moved_to = arena_handle(r);
    engine_lock_drop(&tasks.lock);
    slot_give(last, stamp_epoch(last), task_base(t)); /* its epochs are used up: retired */
    t->prior = t->base;
    t->base = t->extra = last; /* just published, with all it knew */
}

uint64_t det_task_id(const struct det_task *t) { return t->record->id; }
bool det_task_is_thread(const struct det_task *t) { return t->record->kind == DET_THREAD; }
uint32_t det_task_epoch(const struct det_task *t) { return task_epoch(t); }

void det_task_name(struct det_task *t, const char *name) {
    ENGINE_SECTION;
    struct task_record *r = t->record;
    size_t n = strnlen(name, TASK_NAME_MAX);
    char *copy = n ? arena_alloc(TASK_NAME_MAX) : NULL;
    if (n && !copy) engine_degraded("the memory limit was reached: names of goroutines are not kept");
    if (copy) memcpy(copy, name, n);
    engine_lock_take(&tasks.lock);
    uint32_t old = r->name;
    r->name = copy ? arena_handle(copy) : 0;
    r->name_length = copy ? (uint8_t)n : 0;
    engine_lock_drop(&tasks.lock);
    if (old) arena_free(arena_at(old), TASK_NAME_MAX);
}

void det_task_end(struct det_task *t) {
    ENGINE_SECTION;
    waitgraph_task_end(t);
    tally_task_end(t->record);
    task_trail_end(t);
    engine_lock_take(&tasks.lock);
    if (t->prev_alive) t->prev_alive->next_alive = t->next_alive;
    else tasks.alive = t->next_alive;
    if (t->next_alive) t->next_alive->prev_alive = t->prev_alive;
    tasks.alive_count--;
    t->record->task = NULL;
    engine_lock_drop(&tasks.lock);
    bool used = (t->touched & STAMP_MASK) == t->stamp || t->absorbed == t->stamp;
    slot_give(used ? t->stamp : t->stamp - 1, task_epoch(t), task_base(t));
    atomic_task_end(t);
    meeting_task_end(t);
    arena_free(t->wait.rest, t->wait.rest_room * sizeof *t->wait.rest);
    clock_drop(&t->clock);
    arena_free(t, sizeof *t);
}

void task_copy_name(const struct task_record *r, char *to) {
    engine_lock_take(&tasks.lock);
    size_t n = r->name_length < TASK_NAME_MAX ? r->name_length : TASK_NAME_MAX - 1;
    if (r->name) memcpy(to, arena_at(r->name), n);
    to[r->name ? n : 0] = 0;
    engine_lock_drop(&tasks.lock);
}

/* -- who is who ----------------------------------------------------------------------------------------------------- */

const struct task_record *task_last_tenure(const struct task_record *r) {
    while (r && r->moved_to) r = arena_at(r->moved_to);
    return r;
}

const struct task_record *task_of_stamp(uint64_t stamp) { return task_last_tenure(slot_owner(stamp)); }

bool task_heard_of(const struct det_task *t, uint64_t stamp) {
    const struct task_record *r = slot_owner(stamp);
    return r && task_heard(t, r->slot) >= r->first;
}

const struct task_record *task_of_id(uint64_t id) {
    const struct task_record *r = NULL;
    engine_lock_take(&tasks.lock);
    for (struct det_task *t = tasks.alive; t && !r; t = t->next_alive)
        if (t->record->id == id) r = t->record;
    engine_lock_drop(&tasks.lock);
    return r ? r : slot_find_owner(id);
}

void task_each_record(void (*visit)(const struct task_record *r, void *arg), void *arg) {
    slot_each_record(visit, arg);
}

void task_sweep_begin(void) { slot_sweep_begin(); }
void task_mark(uint64_t stamp) { slot_mark(stamp); }
void task_mark_record(uintptr_t record) { ((struct task_record *)record)->marked = true; }
void task_sweep_end(void) { slot_sweep_end(); }

void task_each_alive(void (*visit)(struct det_task *t, void *arg), void *arg) {
    engine_lock_take(&tasks.lock);
    for (struct det_task *t = tasks.alive; t; t = t->next_alive) visit(t, arg);
    engine_lock_drop(&tasks.lock);
}

/* relaxed: a number that may be old */
uint64_t task_alive_count(void) { return __atomic_load_n(&tasks.alive_count, __ATOMIC_RELAXED); }

/* -- start, end, check ------------------------------------------------------------------------------------------------ */

void task_engine_init(void) {
    memset(&tasks, 0, sizeof tasks);
    engine_lock_keep(&tasks.lock);
    slot_engine_init();
}

void task_engine_fini(void) { slot_engine_fini(); }

void task_engine_stats(struct det_stats *out) {
    out->tasks_alive = tasks.alive_count;
    out->tasks_ever = tasks.ever;
    out->slots = slot_count();
}

static void check_task(struct det_task *t, void *arg) {
    (void)arg;
    goro_assert(t->word == cell_of_stamp(t->stamp));
    goro_assert(t->record->task == t && t->slot == stamp_slot(t->stamp) && t->record->slot == t->slot);
    goro_assert(task_epoch(t) >= t->record->first && task_epoch(t) <= slot_epoch_limit);
    goro_assert(t->slot == SLOT_NONE || clock_get(&t->clock, t->slot) <= task_epoch(t) ||
                clock_get(&t->clock, t->slot) == EPOCH_MAX);
    clock_check(&t->clock);
    meeting_check(t);
}

void task_check(void) {
    slot_check();
    task_each_alive(check_task, NULL);
}
