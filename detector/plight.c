/* Findings about goroutines: parts, their stacks and locks, and who they are.
 *
 * All that is only valid inside the world is copied into one mapping; tasks are looked up when it is emitted, outside,
 * since their names have a lock of their own.
 *
 * Threads: see plight.h. */
#include "detector/plight.h"
#include "detector/arena.h"
#include "detector/heap.h"
#include "detector/locks.h"
#include "detector/path.h"
#include "detector/race.h"
#include "detector/waitgraph.h"

#include <string.h>
#include <time.h>

enum { TAKEN_FRAMES = 32, CREATED_FRAMES = 64, NOW_FRAMES = 16 };

struct part_frames {
    uintptr_t stack[FINDING_FRAMES_MAX], made[FINDING_FRAMES_MAX];
    uintptr_t taken[FINDING_PART_LOCKS_MAX][TAKEN_FRAMES];
};

struct plight {
    struct finding f;
    const struct task_record *records[FINDING_TASKS_MAX];
    struct part_frames frames[FINDING_PARTS_MAX];
    uintptr_t created[FINDING_TASKS_MAX][CREATED_FRAMES], now[FINDING_TASKS_MAX][NOW_FRAMES];
};

uint64_t plight_now_ns(unsigned kind) {
    struct timespec t;

    if (engine.config.now_ns && kind < FINDING_PTHREAD_MUTEX) return engine.config.now_ns();
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t); /* some ms are exact enough for "since when", and 5 ns cheap */
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct finding_stack stack_of(uint32_t site, uintptr_t *frames, uint32_t room) {
    struct finding_stack s = {.frames = frames};

    s.count = path_calls(site, frames, room, &s.omitted);
    return s;
}

struct plight *plight_new(const char *code, enum finding_severity severity, uint64_t a, uint64_t b) {
    uint64_t number = race_enter(code, a, b);
    struct plight *p = number ? arena_map(sizeof *p) : NULL;

    if (number && !p) engine_degraded("no memory for a finding: it is not reported");
    if (!p) return NULL;
    strncpy(p->f.code, code, sizeof p->f.code - 1);
    p->f.number = number;
    p->f.severity = severity;
    return p;
}

struct plight *plight_new_piece(void) {
    return arena_map(sizeof(struct plight));
}

uint64_t plight_number(const struct plight *p) { return p->f.number; }
void plight_say_also(struct plight *p, const char *code) { strncpy(p->f.also, code, sizeof p->f.also - 1); }
void plight_predict(struct plight *p) { p->f.certainty = FINDING_PREDICTED; }

/* The task's place among the finding's, entered at need. */
static uint64_t index_of(struct plight *p, const struct task_record *r) {
    uint32_t i = 0;

    if (!r) return FINDING_TASKS_MAX;
    while (i < p->f.task_count && p->records[i] != r) i++;
    if (i == p->f.task_count && i < FINDING_TASKS_MAX) p->records[p->f.task_count++] = r;
    return i;
}

static void fill_locks(struct finding_part *x, struct part_frames *frames, uint32_t set) {
    struct lock_held held[FINDING_PART_LOCKS_MAX];

    x->lock_count = locks_of(set, held, FINDING_PART_LOCKS_MAX);
    for (uint32_t i = 0; i < x->lock_count; i++)
        x->locks[i] = (struct finding_lock){.kind = held[i].kind,
                                            .address = held[i].address,
                                            .read = held[i].read,
                                            .taken = stack_of(held[i].taken, frames->taken[i], TAKEN_FRAMES)};
}

static void fill_made(struct finding_part *x, uintptr_t *frames) {
    struct heap_block b;

    if (x->kind == FINDING_CHAN && x->object && heap_at(x->object, &b))
        x->made = stack_of(b.site, frames, FINDING_FRAMES_MAX);
}

struct finding_part *plight_add(struct plight *p, enum finding_role role, const struct task_record *record,
                                enum finding_object kind, uintptr_t object, uint32_t site) {
    struct finding *f = &p->f;
    struct finding_part *x = &f->parts[f->part_count];
    struct part_frames *frames = &p->frames[f->part_count];

    if (f->part_count == FINDING_PARTS_MAX) {
        f->parts_omitted++;
        return NULL;
    }
    *x = (struct finding_part){.role = role, .kind = kind, .object = object, .count = 1, .cases = 1};
    x->task = index_of(p, record);
    x->stack = stack_of(site, frames->stack, FINDING_FRAMES_MAX);
    if (role == FINDING_WAITS || role == FINDING_ASKS || role == FINDING_RUNS) fill_locks(x, frames, path_locks(site));
    fill_made(x, frames->made);
    if (f->part_count++ == 0) {
        f->object_kind = kind;
        f->object = object;
        f->block_stack = x->made;
    }
    return x;
}

struct finding_part *plight_add_wait(struct plight *p, const struct task_record *record, const struct task_wait *w,
                                     uint64_t alike) {
    struct finding_part *x = plight_add(p, FINDING_WAITS, record, (enum finding_object)w->kind, w->object, w->site);

    if (!x) return NULL;
    x->count = alike;
    x->cases = w->cases;
    uint64_t now = plight_now_ns(w->kind); /* may lag what another thread has read */
    x->waited_ns = now > w->since_ns ? now - w->since_ns : 0;
    return x;
}

static bool tells_of_use(enum finding_role role) {
    return role == FINDING_ADDS || role == FINDING_DONES || role >= FINDING_SENT;
}

bool plight_tells_of(const struct plight *p, uintptr_t object) {
    for (uint32_t i = 0; i < p->f.part_count; i++)
        if (tells_of_use(p->f.parts[i].role) && p->f.parts[i].object == object) return true;
    return false;
}

void plight_tell_place(struct plight *p, const struct finding_part *x) {
    uint64_t i = x->task;
    struct task_wait w;

    if (i >= FINDING_TASKS_MAX || p->f.tasks[i].now.count || !p->records[i]->task) return;
    if (waitgraph_read(p->records[i]->task, &w)) p->f.tasks[i].now = stack_of(w.site, p->now[i], NOW_FRAMES);
}

void plight_omit(struct plight *p, uint64_t n) { p->f.parts_omitted += n; }

static void fill_task(struct plight *p, uint32_t i) {
    const struct task_record *r = p->records[i];
    struct finding_task *x = &p->f.tasks[i];

    *x = (struct finding_task){.now = x->now,
                               .id = r->id,
                               .kind = r->kind,
                               .parent_id = r->parent_id,
                               .parent_thread = r->parent_thread,
                               .entry = r->entry,
                               .heard = true};
    x->state = !r->task ? FINDING_ENDED : r->task->wait.kind ? FINDING_BLOCKED : FINDING_RUNNABLE;
    task_copy_name(r, x->name);
    x->created = stack_of(r->created_site, p->created[i], CREATED_FRAMES);
}

static void hand_out(struct plight *p, void (*to)(const struct finding *f, void *arg)) {
    for (uint32_t i = 0; i < p->f.task_count; i++) fill_task(p, i);
    if (to) to(&p->f, engine.config.arg);
    arena_unmap(p, sizeof *p);
}

void plight_emit(struct plight *p) { hand_out(p, engine.config.emit); }
void plight_show(struct plight *p) { hand_out(p, engine.config.picture); }
