/* What a race is called, whether its like has been said, and putting together the finding.
 *
 * Everything that is only valid inside the world (paths) is copied into one mapping of the finding's own first; then
 * the world is left, tasks are looked up, and the finding is emitted with no lock held.
 *
 * Deduplication: one finding for each pair of program counters and code, in either order. That is finer than the pair
 * of functions and does not multiply with the ways that lead there. The set is bounded: past SEEN_MAX
 * nothing more is reported, which is said.
 *
 * Threads: any. */
#include "detector/race.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/frames.h"
#include "detector/heap.h"
#include "detector/locks.h"
#include "detector/path.h"
#include "detector/reorder.h"
#include "detector/shadow.h"
#include "detector/users.h"
#include "detector/world.h"

#include <string.h>

enum { SEEN_PLACES = 1 << 16, SEEN_MAX = SEEN_PLACES / 2, TAKEN_FRAMES = 32 };

static struct {
    struct engine_lock lock;
    uint64_t *places; /* hashes, 0 empty */
    uint32_t used;
    uint64_t findings;
} seen;

/* A finding with the memory its stacks lie in. */
struct report {
    struct finding f;
    uint64_t stamps[FINDING_ACCESSES_MAX];
    const struct task_record *owner; /* of the heap block */
    const struct task_record *closer; /* of the channel, whose close is the only part; NULL: not known */
    uintptr_t access_frames[FINDING_ACCESSES_MAX][FINDING_FRAMES_MAX];
    uintptr_t taken_frames[FINDING_ACCESSES_MAX][FINDING_LOCKS_MAX][TAKEN_FRAMES];
    uintptr_t block_frames[FINDING_FRAMES_MAX], freed_frames[FINDING_FRAMES_MAX];
    uintptr_t closed_frames[FINDING_FRAMES_MAX];
    uintptr_t created_frames[FINDING_ACCESSES_MAX + 2][FINDING_FRAMES_MAX];
};

/* -- has it been said? ------------------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t key_of(const char *code, uint64_t a, uint64_t b) {
    uint64_t h = 0;

    for (const char *c = code; *c; c++) h = mix(h, (uint8_t)*c);
    h = mix(mix(h, a < b ? a : b), a < b ? b : a);
    return h ? h : 1;
}

/* Where the key is, or may be put. */
static uint32_t place_locked(uint64_t key) {
    uint32_t i = key % SEEN_PLACES;

    while (seen.places[i] && seen.places[i] != key) i = (i + 1) % SEEN_PLACES;
    return i;
}

static bool is_entered(uint64_t key) {
    bool entered;

    engine_lock_take(&seen.lock);
    entered = seen.places && seen.places[place_locked(key)] == key;
    engine_lock_drop(&seen.lock);
    return entered;
}

/* Enters the key; the finding's number if it was not there, else 0. */
static uint64_t enter_key(uint64_t key) {
    uint64_t number = 0;
    bool full;
    uint32_t i;

    engine_lock_take(&seen.lock);
    if (!seen.places) seen.places = arena_map_essential(SEEN_PLACES * sizeof *seen.places);
    i = place_locked(key);
    full = !seen.places[i] && seen.used == SEEN_MAX;
    if (!seen.places[i] && !full) {
        seen.places[i] = key;
        seen.used++;
        number = ++seen.findings;
    }
    engine_lock_drop(&seen.lock);
    if (full) engine_degraded("more than 32,768 different findings: the rest is not reported");
    return number;
}

uint64_t race_enter(const char *code, uint64_t a, uint64_t b) { return enter_key(key_of(code, a, b)); }

/* -- what it is ----------------------------------------------------------------------------------------------------- */

static unsigned kind_of(const struct entry *e) {
    return (e->site & SITE_WRITE ? DET_WRITE : 0) | (e->cell & CELL_ATOMIC ? DET_ATOMIC : 0) |
           (e->site & SITE_FREED ? DET_FREE : 0) | (e->site & SITE_MARK ? DET_MARK : 0) |
           (frames_is_left(e->site & SITE_PATH) ? DET_LEFT : 0);
}

static const char *code_of(unsigned now, unsigned then) {
    if ((now | then) & DET_LEFT) return "GR003";
    if ((now | then) & DET_FREE) return (now | then) & DET_MARK ? "GC004" : "GR003";
    if ((now | then) & DET_MARK && (now | then) & DET_ATOMIC) return "GW003"; /* waitgroup.c: a Wait's mark */
    if ((now | then) & DET_MARK) return now & then & DET_WRITE ? "GC002" : "GC001"; /* two closes; a send and a close */
    return (now ^ then) & DET_ATOMIC ? "GR002" : "GR001";
}

/* A return's site, without where the frame was. */
static uint32_t bare_site(uint32_t site) {
    site &= SITE_PATH;
    return frames_is_left(site) ? path_parent(site) : site;
}
static uintptr_t pc_of(const struct entry *e) { return path_value(bare_site(e->site)); }

/* -- putting it together -------------------------------------------------------------------------------------------- */

static struct finding_stack stack_of(uint32_t site, uintptr_t *frames, uint32_t room) {
    struct finding_stack s = {.frames = frames};

    s.count = path_calls(site, frames, room, &s.omitted);
    return s;
}

static void fill_locks(struct report *r, unsigned k, uint32_t set) {
    struct lock_held held[FINDING_LOCKS_MAX];
    struct finding_access *x = &r->f.accesses[k];

    x->lock_count = locks_of(set, held, FINDING_LOCKS_MAX);
    for (uint32_t i = 0; i < x->lock_count; i++)
        x->locks[i] = (struct finding_lock){.kind = held[i].kind, .address = held[i].address, .read = held[i].read,
                                            .taken = stack_of(held[i].taken, r->taken_frames[k][i], TAKEN_FRAMES)};
}

/* Where the frame was that one of the accesses has left. */
static void fill_frame(struct report *r, uint32_t site) {
    if (!frames_is_left(site)) return;
    r->f.memory = FINDING_STACK_LEFT;
    r->f.block = frames_left_at(site, &r->f.block_size);
}

static void fill_now(struct report *r, struct access *a) {
    struct finding_access *x = &r->f.accesses[0];
    uint32_t site = bare_site(access_site(a));

    fill_frame(r, access_site(a) & SITE_PATH);

    *x = (struct finding_access){.kind = a->kind, .address = a->address, .size = a->size, .task = 0};
    x->stack = stack_of(site, r->access_frames[0], FINDING_FRAMES_MAX);
    fill_locks(r, 0, path_locks(site));
    r->stamps[0] = a->t->stamp;
    x->epoch = stamp_epoch(r->stamps[0]);
}

/* The bytes of the earlier access: the run that the later one met first. */
static void fill_then(struct report *r, const struct access *a, const struct entry *e, uintptr_t granule) {
    uint64_t mask = e->cell & CELL_MASK;
    unsigned first = (unsigned)__builtin_ctzll(mask), length = (unsigned)__builtin_ctzll(~(mask >> first));
    struct finding_access *x = &r->f.accesses[1];

    uint32_t site = bare_site(e->site);

    fill_frame(r, e->site & SITE_PATH);
    *x = (struct finding_access){.kind = kind_of(e), .address = granule + first, .size = length, .task = 1};
    x->stack = stack_of(site, r->access_frames[1], FINDING_FRAMES_MAX);
    fill_locks(r, 1, path_locks(site));
    r->stamps[1] = cell_stamp(e->cell);
    x->epoch = stamp_epoch(r->stamps[1]);
    if (e->site & SITE_FREED) r->f.freed_stack = stack_of(e->site & SITE_PATH, r->freed_frames, FINDING_FRAMES_MAX);
    else if (a->kind & DET_FREE) {
        r->f.freed_stack = r->f.accesses[0].stack;
        memcpy(r->freed_frames, r->f.freed_stack.frames, r->f.freed_stack.count * sizeof(uintptr_t));
        r->f.freed_stack.frames = r->freed_frames;
    }
}

static void fill_block(struct report *r, uintptr_t address) {
    struct heap_block b;

    if (r->f.memory || !heap_find(address, &b)) return;
    r->f.memory = b.freed ? FINDING_HEAP_FREED : FINDING_HEAP;
    r->f.block = b.address;
    r->f.block_size = b.size;
    if (b.site <= PATH_LOST) return; /* nobody of ours allocated it */
    r->f.block_task_id = 1;
    if (path_tag_of(b.site) == PATH_OWNER) {
        r->owner = (const struct task_record *)path_value(b.site);
        r->f.block_task_id = r->owner->id;
    }
    r->f.block_stack = stack_of(b.site, r->block_frames, FINDING_FRAMES_MAX);
}

/* -- outside the world ------------------------------------------------------------------------------------------------- */

static void fill_task(struct report *r, const struct det_task *now, const struct task_record *o) {
    struct finding_task *x = &r->f.tasks[r->f.task_count];

    *x = (struct finding_task){.id = o->id,
                               .kind = o->kind,
                               .parent_id = o->parent_id,
                               .parent_thread = o->parent_thread,
                               .entry = o->entry};
    x->state = now->record == o ? FINDING_RUNNING : o->task ? FINDING_RUNNABLE : FINDING_ENDED;
    task_copy_name(o, x->name);
    x->created = stack_of(o->created_site, r->created_frames[r->f.task_count], FINDING_FRAMES_MAX);
    r->f.task_count++;
}

/* The task's place among the finding's, entered at need. */
static uint32_t list(struct report *r, const struct det_task *now, const struct task_record *o) {
    uint32_t i = 0;

    while (i < r->f.task_count && (r->f.tasks[i].id != o->id || r->f.tasks[i].kind != o->kind)) i++;
    if (i == r->f.task_count) fill_task(r, now, o);
    return i;
}

static void fill_tasks(struct report *r, struct det_task *now) {
    fill_task(r, now, now->record);
    r->f.tasks[0].heard = true;
    if (r->f.access_count > 1) {
        const struct task_record *then = task_of_stamp(r->stamps[1]);

        if (then && then != now->record) {
            fill_task(r, now, then);
            r->f.tasks[1].heard = task_heard_of(now, r->stamps[1]);
        } else r->f.accesses[1].task = 0;
    }
    if (r->owner) list(r, now, r->owner);
    if (r->closer) r->f.parts[0].task = list(r, now, r->closer);
}

struct stack_search {
    struct finding *f;
    uintptr_t address;
};

static void look_at_stack(struct det_task *t, void *arg) {
    struct stack_search *s = arg;

    if (s->address - t->stack_low >= t->stack_high - t->stack_low) return;
    s->f->memory = FINDING_STACK;
    s->f->block = t->stack_low;
    s->f->block_size = t->stack_high - t->stack_low;
    s->f->block_task_id = t->record->id;
}

/* A freed place that is no heap block's was a stack. */
static void fill_stack_memory(struct report *r) {
    struct stack_search s = {&r->f, r->f.accesses[1].address};

    if (r->f.memory == FINDING_STACK_LEFT)
        r->f.block_task_id = r->f.tasks[r->f.accesses[r->f.accesses[0].kind & DET_LEFT ? 0 : 1].task].id;
    if (r->f.memory) return;
    task_each_alive(look_at_stack, &s);
    if (!r->f.memory && r->f.accesses[1].kind & DET_FREE) {
        const struct task_record *o = task_of_stamp(r->stamps[1]);

        r->f.memory = FINDING_STACK_DEAD;
        if (o) r->f.block_task_id = o->id;
    }
}

static void emit(struct report *r, struct det_task *t) {
    fill_tasks(r, t);
    if (r->f.access_count > 1) fill_stack_memory(r);
    if (engine.config.emit) engine.config.emit(&r->f, engine.config.arg);
    arena_unmap(r, sizeof *r);
}

static struct report *new_report(const char *code, uint64_t number) {
    struct report *r = arena_map(sizeof *r);

    if (!r) {
        engine_degraded("no memory for a finding: it is not reported");
        return NULL;
    }
    strncpy(r->f.code, code, sizeof r->f.code - 1);
    r->f.number = number;
    r->f.severity = FINDING_ERROR;
    return r;
}

/* -- the calls ------------------------------------------------------------------------------------------------------------- */

/* What the owner of a stack does where one of its functions had a local that others know of, the end of the stack included:
 * a race with one of these, who is not ordered behind that function's return either, is no race with the new use of the
 * memory but one with the return. */
static struct entry become_return(const struct access *a, const struct entry *e, uintptr_t granule) {
    const unsigned plain = DET_WRITE | DET_ATOMIC;
    struct heap_block b;
    struct entry left;

    if (reorder_on || (a->kind | (kind_of(e) & ~(unsigned)DET_FREE)) & ~plain ||
        !frames_last_left(granule, cell_stamp(e->cell), &left) || task_knows(a->t, cell_stamp(left.cell)) ||
        task_of_stamp(cell_stamp(left.cell)) != task_of_stamp(cell_stamp(e->cell)) ||
        (heap_find(granule, &b) && !b.freed))
        return *e;
    left.cell &= e->cell | ~CELL_MASK;
    return left;
}

/* The same race seen from the owner's side, after it has been told. */
static bool is_echo(const struct access *a, const struct entry *e, uintptr_t granule) {
    struct entry left;

    return !reorder_on && !(kind_of(e) & DET_LEFT) && frames_last_left(granule, a->t->stamp, &left) &&
           is_entered(key_of("GR003", pc_of(e), pc_of(&left)));
}

/* Puts one finding together, inside; NULL if there is nothing new. */
static struct report *make_report(struct access *a, const struct entry *e, uintptr_t granule) {
    const struct handover *h = reorder_on ? &a->handovers[e - a->races] : NULL;
    struct entry then = become_return(a, e, granule);
    const char *code = code_of(a->kind, kind_of(&then));
    uint64_t key = key_of(code, a->pc, pc_of(&then));
    uint64_t number = 0;
    struct report *r;

    if (!is_echo(a, &then, granule)) number = enter_key(h && h->allowed ? ~key : key); /* told again when allowed */
    if (!number || !(r = new_report(code, number))) return NULL;
    if (!strcmp(code, "GC001") || !strcmp(code, "GC002") || reorder_on) r->f.certainty = FINDING_PREDICTED;
    r->f.access_count = 2;
    if (h && h->allowed) r->f.reorderable = true, r->f.handover = h->how;
    fill_now(r, a);
    fill_then(r, a, &then, granule);
    fill_block(r, r->f.accesses[1].address);
    if (code[1] == 'C') r->f.object_kind = FINDING_CHAN, r->f.object = r->f.block ? r->f.block : a->address;
    if (code[1] == 'W') r->f.object_kind = FINDING_WG, r->f.object = a->address;
    return r;
}

bool race_report(struct access *a, uintptr_t granule) {
    struct report *reports[RACES_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < a->race_count; i++) {
        struct report *r = make_report(a, &a->races[i], granule);

        if (r) reports[n++] = r;
    }
    a->race_count = 0;
    a->raced = 0;
    if (!n) return false;
    a->site = 0;
    world_leave(a->t);
    for (unsigned i = 0; i < n; i++) emit(reports[i], a->t);
    world_enter(a->t);
    return true;
}

/* Of a channel that is used after its close: who has closed it. */
static void fill_close(struct report *r) {
    struct finding_part *x = r->f.parts;
    uint32_t site;

    if (r->f.object_kind != FINDING_CHAN || !users_closed(r->f.object, &r->closer, &site)) return;
    *x = (struct finding_part){
        .role = FINDING_CLOSED, .kind = FINDING_CHAN, .object = r->f.object, .count = 1, .cases = 1};
    x->stack = stack_of(site, r->closed_frames, FINDING_FRAMES_MAX);
    r->f.part_count = 1;
}

void det_report(struct det_task *t, const char *code, enum finding_severity severity, enum finding_object kind,
                uintptr_t object, uintptr_t pc) {
    ENGINE_SECTION;
    uint64_t caller = t->trail.top > t->trail.base + 1 ? t->trail.top[-1].pc : 0;
    uint64_t number = enter_key(key_of(code, pc, caller));
    struct report *r = number ? new_report(code, number) : NULL;
    struct access a = {.t = t, .pc = pc, .address = object};

    if (!r) return;
    r->f.severity = severity;
    r->f.object_kind = kind;
    r->f.object = object;
    r->f.access_count = 1;
    world_enter(t);
    fill_now(r, &a);
    if (object) fill_block(r, object), fill_close(r);
    world_leave(t);
    emit(r, t);
}

uint64_t race_count(void) { return seen.findings; }
void race_engine_init(void) {
    memset(&seen, 0, sizeof seen);
    engine_lock_keep(&seen.lock);
}

void race_engine_fini(void) {
    if (seen.places) arena_unmap(seen.places, SEEN_PLACES * sizeof *seen.places);
    seen.places = NULL;
}
