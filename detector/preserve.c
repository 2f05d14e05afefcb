/* Decides on the trace of a run whether it can be reordered so that two accesses come side by side: preserve.h says what for.
 *
 * The part of the run that has to be made before the two accesses is the least set of events that has what both goroutines did
 * before, and with an event
 *   - all that its goroutine did before, and the event that started that goroutine;
 *   - of an access, the last writes of its bytes: the value may decide what comes next. A write counts as a read as well, since
 *     clang leaves the read of x = x + 1 to the write;
 *   - of an operation on anything but locks and memory, all such operations that came before. That is more than needed (two
 *     channels have little to do with each other), and so never wrong;
 *   - of an operation of which nobody knows what it looked at (a try that failed, input), all that came before;
 *   - of a lock that it takes, the unlock of whoever had it before, if he takes it in the set, too, unless both only read.
 * If neither access is in the set, its events in the run's order are a run of the program, behind which both can be made.
 *
 * Always true, under preserve.lock
 *  1. Events are numbered from 1 in the run's order; those of a task are linked in that order, and `seq` counts them.
 *  2. Who a mark is set for (`begun`) has begun an operation that has told nothing yet.
 *  3. Once something was seen that cannot be judged (a thread, too much memory, a lock that another one unlocked), nothing is
 *     allowed any more.
 *
 * Where values could go from one goroutine to another by calls that nobody sees into, the front says so (preserve_doubt), and
 * nothing is allowed. Not seen: those inside of a file of the program that is not instrumented. */
#include "detector/preserve.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/shadow.h"

#include <string.h>

enum {
    TASKS_MAX = 1 << 14,
    EVENTS_MAX = 1 << 21,
    REASONS_MAX = 1 << 21,
    SECTIONS_MAX = 1 << 18,
    LOCKS_MAX = 1 << 12,
    WRITERS_MAX = 1 << 12, /* pages */
    BUCKETS_LOG = 12,
    WORK_MAX = 1 << 28 /* steps of all decisions */
};

struct event {
    uint32_t task, seq, next;      /* next: of its task */
    uint32_t reason, reasons : 31; /* others that it needs: how many, from where on in the pool */
    uint32_t needs_all : 1;        /* all that came before */
};

struct section {
    uint32_t task, taken, dropped, next; /* events, 0: not yet; the lock's section before */
    enum finding_object kind;
    bool read;
    uintptr_t lock, pc;
};

struct lock_sections {
    uintptr_t lock;
    uint32_t last; /* section */
};

struct writers {
    uintptr_t number;
    uint32_t next;
    uint32_t by[PAGE_BYTES];
};

struct actor {
    uint32_t first, last, count, born; /* events; born: the one that started it */
    bool begun, hard;                  /* hard: it waits for more than a lock, or time */
    /* of a decision */
    uint32_t cut, done, cursor; /* events in the set; of these, looked at; the next one */
};

static struct {
    struct engine_lock lock;
    struct event *events; /* number 0: none, as of sections and pages */
    uint32_t *reasons;
    struct section *sections;
    struct lock_sections *locks;
    struct writers *writers;
    struct actor *actors; /* by id */
    uint32_t buckets[1 << BUCKETS_LOG];
    uint32_t event_count, reason_count, section_count, lock_count, writer_count;
    uint32_t chain;   /* the last operation on anything but locks */
    uint32_t highest; /* id */
    uint64_t work;
    bool unsure;
} preserve;

/* -- memory -------------------------------------------------------------------------------------------------------- */

static void give_up(void) { preserve.unsure = true; }
void preserve_doubt(void) { give_up(); }

static bool is_ready(void) {
    if (likely(preserve.events) || preserve.unsure) return !preserve.unsure;
    preserve.events = arena_map(EVENTS_MAX * sizeof *preserve.events);
    preserve.reasons = arena_map(REASONS_MAX * sizeof *preserve.reasons);
    preserve.sections = arena_map(SECTIONS_MAX * sizeof *preserve.sections);
    preserve.locks = arena_map(LOCKS_MAX * sizeof *preserve.locks);
    preserve.writers = arena_map(WRITERS_MAX * sizeof *preserve.writers);
    preserve.actors = arena_map(TASKS_MAX * sizeof *preserve.actors);
    if (!preserve.events || !preserve.reasons || !preserve.sections || !preserve.locks || !preserve.writers ||
        !preserve.actors)
        give_up();
    preserve.event_count = preserve.section_count = preserve.lock_count = preserve.writer_count = 1;
    return !preserve.unsure;
}

static uint32_t *bucket_of(uintptr_t number) {
    return &preserve.buckets[number * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKETS_LOG)];
}

static struct writers *find_writers(uintptr_t number) {
    for (uint32_t h = *bucket_of(number); h; h = preserve.writers[h].next)
        if (preserve.writers[h].number == number) return &preserve.writers[h];
    return NULL;
}

static struct writers *make_writers(uintptr_t number) {
    struct writers *w = find_writers(number);

    if (w) return w;
    if (preserve.writer_count == WRITERS_MAX) {
        give_up();
        return NULL;
    }
    w = &preserve.writers[preserve.writer_count];
    w->number = number;
    w->next = *bucket_of(number);
    *bucket_of(number) = preserve.writer_count++;
    return w;
}

/* -- the trace ----------------------------------------------------------------------------------------------------- */

/* NULL: it cannot be judged. */
static struct actor *actor_of(const struct det_task *t) {
    uint64_t id = t->record->id;

    if (!is_ready()) return NULL;
    if (t->record->kind == DET_THREAD || id >= TASKS_MAX) {
        if (!t->ignore || id >= TASKS_MAX) give_up();
        return NULL; /* the scheduler's own calls are nobody's */
    }
    if (id > preserve.highest) preserve.highest = (uint32_t)id;
    return &preserve.actors[id];
}

static uint32_t id_of(const struct actor *a) { return (uint32_t)(a - preserve.actors); }

static uint32_t new_event(struct actor *a) {
    uint32_t e = preserve.event_count;

    if (e == EVENTS_MAX) {
        give_up();
        return 0;
    }
    preserve.event_count++;
    preserve.events[e] = (struct event){.task = id_of(a), .seq = a->count++, .reason = preserve.reason_count};
    if (a->last) preserve.events[a->last].next = e;
    else a->first = e;
    a->last = e;
    return e;
}

/* The newest event needs this one as well. */
static void add_reason(uint32_t needed) {
    struct event *e = &preserve.events[preserve.event_count - 1];

    if (!needed || preserve.events[needed].task == e->task) return;
    if (e->reasons && preserve.reasons[e->reason + e->reasons - 1] == needed) return;
    if (preserve.reason_count == REASONS_MAX) {
        give_up();
        return;
    }
    preserve.reasons[preserve.reason_count++] = needed;
    e->reasons++;
}

/* The operation that it has begun is over, and has told nothing. */
static void end_unknown(struct actor *a) {
    uint32_t e;

    if (likely(!a->begun)) return;
    a->begun = false;
    if ((e = new_event(a))) preserve.events[e].needs_all = 1;
}

static bool is_soft(enum finding_object kind) {
    return kind == FINDING_MUTEX || kind == FINDING_RWMUTEX || kind == FINDING_SLEEP || kind == FINDING_PTHREAD_MUTEX ||
           kind == FINDING_PTHREAD_RWLOCK || kind == FINDING_PTHREAD_SPIN;
}

static void operate(struct actor *a) {
    uint32_t e;

    a->begun = false;
    if (!(e = new_event(a))) return;
    add_reason(preserve.chain);
    preserve.chain = e;
}

/* NULL: it cannot be judged; and then nothing is held. */
static struct actor *enter(const struct det_task *t) {
    struct actor *a;

    engine_lock_take(&preserve.lock);
    if (!(a = actor_of(t))) engine_lock_drop(&preserve.lock);
    return a;
}

static void leave(void) { engine_lock_drop(&preserve.lock); }

void preserve_operation(struct det_task *t) {
    struct actor *a = enter(t);

    if (!a) return;
    operate(a);
    leave();
}

void preserve_begins(struct det_task *t) {
    struct actor *a = enter(t);

    if (!a) return;
    end_unknown(a);
    a->begun = true;
    leave();
}

void preserve_gave_way(struct det_task *t) {
    struct actor *a = enter(t);

    if (!a) return;
    a->begun = false;
    leave();
}

void preserve_waits(struct det_task *t, enum finding_object kind) {
    struct actor *a = enter(t);

    if (!a) return;
    a->begun = false;
    if (!is_soft(kind)) {
        a->hard = true;
        operate(a);
    }
    leave();
}

void preserve_wakes(struct det_task *t) {
    struct actor *a = enter(t);

    if (!a) return;
    if (a->hard) operate(a);
    a->hard = false;
    leave();
}

void preserve_born(const struct det_task *t, struct det_task *parent) {
    struct actor *a = enter(t), *p = a && parent ? actor_of(parent) : NULL;
    uint32_t e;

    if (!a) return;
    if (p) {
        p->begun = false;
        a->born = new_event(p);
    } else if (t->record->kind != DET_MAIN && !preserve.unsure) {
        if ((e = new_event(a))) preserve.events[e].needs_all = 1;
    }
    leave();
}

/* -- memory: who wrote what ------------------------------------------------------------------------------------------ */

/* Only what tells of others, or is to be told of, needs an event. */
static uint32_t note_access(struct actor *a, uintptr_t address, size_t n, bool writes) {
    uint32_t e = writes ? new_event(a) : 0;

    for (uintptr_t at = address; at < address + n && !preserve.unsure;) {
        uintptr_t page = at >> PAGE_BITS, end = (page + 1) << PAGE_BITS;
        struct writers *w = writes ? make_writers(page) : find_writers(page);
        if (end > address + n) end = address + n;
        for (; w && at < end; at++) {
            uint32_t *by = &w->by[at & (PAGE_BYTES - 1)];
            if (*by && preserve.events[*by].task != id_of(a)) {
                if (!e) e = new_event(a);
                if (!e) return 0;
                add_reason(*by);
            }
            if (writes) *by = e;
        }
        at = end;
    }
    return e;
}

struct moment preserve_access(struct det_task *t, uintptr_t address, size_t n, bool writes) {
    enum { PIECE_MAX = 1 << 20 };
    struct actor *a = enter(t);
    struct moment m = {0};

    if (!a) return m;
    end_unknown(a);
    m = (struct moment){id_of(a), a->count};
    if (n > PIECE_MAX) give_up();
    else note_access(a, address, n, writes);
    leave();
    return m;
}

void preserve_forget(uintptr_t address, size_t n) {
    uintptr_t end = address + n;

    engine_lock_take(&preserve.lock);
    for (uint32_t i = 1; preserve.events && i < preserve.writer_count; i++) {
        struct writers *w = &preserve.writers[i];
        uintptr_t base = w->number << PAGE_BITS, low = address > base ? address : base;
        uintptr_t high = end < base + PAGE_BYTES ? end : base + PAGE_BYTES;
        if (low < high) memset(&w->by[low - base], 0, (high - low) * sizeof *w->by);
    }
    engine_lock_drop(&preserve.lock);
}

/* -- locks ------------------------------------------------------------------------------------------------------------- */

static struct lock_sections *sections_of(uintptr_t lock) {
    for (uint32_t i = preserve.lock_count; i-- > 1;)
        if (preserve.locks[i].lock == lock) return &preserve.locks[i];
    if (preserve.lock_count == LOCKS_MAX) return NULL;
    preserve.locks[preserve.lock_count] = (struct lock_sections){.lock = lock};
    return &preserve.locks[preserve.lock_count++];
}

static void note_taken(struct actor *a, const struct section *s) {
    struct lock_sections *l = sections_of(s->lock);
    uint32_t e;

    a->begun = false;
    if (!l || preserve.section_count == SECTIONS_MAX) {
        give_up();
        return;
    }
    if (!(e = new_event(a))) return;
    preserve.sections[preserve.section_count] = *s;
    preserve.sections[preserve.section_count].taken = e;
    preserve.sections[preserve.section_count].next = l->last;
    l->last = preserve.section_count++;
}

/* The innermost of its task that is open; a lock that somebody else unlocks is no lock in the sense of the method. */
static void note_dropped(struct actor *a, uintptr_t lock, bool read) {
    struct lock_sections *l = sections_of(lock);
    uint32_t i = l ? l->last : 0, e;

    a->begun = false;
    for (; i; i = preserve.sections[i].next) {
        struct section *s = &preserve.sections[i];
        if (s->task != id_of(a) || s->dropped || s->read != read) continue;
        if ((e = new_event(a))) s->dropped = e;
        return;
    }
    give_up();
}

void preserve_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, bool read, uintptr_t pc) {
    struct section s = {.kind = kind, .lock = lock, .read = read, .pc = pc};
    struct actor *a = enter(t);

    if (!a) return;
    s.task = id_of(a);
    note_taken(a, &s);
    leave();
}

void preserve_lock_dropped(struct det_task *t, uintptr_t lock, bool read) {
    struct actor *a = enter(t);

    if (!a) return;
    note_dropped(a, lock, read);
    leave();
}

/* -- deciding ------------------------------------------------------------------------------------------------------------ */

static bool changed;

static void need(uint32_t task, uint32_t count) {
    struct actor *a = &preserve.actors[task];

    if (a->cut >= count) return;
    a->cut = count;
    changed = true;
}

static void need_event(uint32_t e) { need(preserve.events[e].task, preserve.events[e].seq + 1); }

static bool has(uint32_t e) { return preserve.events[e].seq < preserve.actors[preserve.events[e].task].cut; }

static void need_all_before(uint32_t e) {
    preserve.work += e;
    for (uint32_t i = 1; i < e; i++) need_event(i);
}

static void look_at_task(struct actor *a) {
    if (a->cut && !a->done && a->born) need_event(a->born);
    for (; a->done < a->cut; a->done++) {
        const struct event *e = &preserve.events[a->cursor];
        preserve.work += 1 + e->reasons;
        for (uint32_t i = 0; i < e->reasons; i++) need_event(preserve.reasons[e->reason + i]);
        if (e->needs_all) need_all_before(a->cursor);
        a->cursor = e->next;
    }
}

/* False: somebody would have to drop a lock that he has not dropped. */
static bool look_at_lock(const struct lock_sections *l) {
    bool write_later = false, read_later = false;

    for (uint32_t i = l->last; i; i = preserve.sections[i].next) {
        const struct section *s = &preserve.sections[i];
        preserve.work++;
        if (!has(s->taken)) continue;
        if (write_later || (read_later && !s->read)) {
            if (!s->dropped) return false;
            need_event(s->dropped);
        }
        if (s->read) read_later = true;
        else write_later = true;
    }
    return true;
}

static void begin_decision(void) {
    for (uint32_t id = 0; id <= preserve.highest; id++) {
        struct actor *a = &preserve.actors[id];
        a->cut = a->done = 0;
        a->cursor = a->first;
    }
}

/* Sections of a lock of which the earlier one is left out, while the later one is made; that of the task first, if there is
 * one. */
static bool find_handover(uint32_t earlier, uint32_t now, struct finding_handover *found) {
    for (uint32_t i = 1; i < preserve.lock_count; i++)
        for (uint32_t k = preserve.locks[i].last; k; k = preserve.sections[k].next) {
            const struct section *later = &preserve.sections[k];
            if (later->task != now || !has(later->taken)) continue;
            for (uint32_t j = later->next; j; j = preserve.sections[j].next) {
                const struct section *s = &preserve.sections[j];
                if (s->task != earlier || has(s->taken) || (s->read && later->read)) continue;
                *found = (struct finding_handover){s->kind, s->lock, s->pc, later->pc};
                return true;
            }
        }
    return false;
}

/* Who has done nothing yet has been started all the same. */
static void need_moment(struct moment m) {
    need(m.task, m.at);
    if (preserve.actors[m.task].born) need_event(preserve.actors[m.task].born);
}

static bool decide(struct moment earlier, struct moment now) {
    begin_decision();
    need_moment(earlier);
    need_moment(now);
    do {
        changed = false;
        preserve.work += preserve.highest;
        for (uint32_t id = 1; id <= preserve.highest; id++) look_at_task(&preserve.actors[id]);
        for (uint32_t i = 1; i < preserve.lock_count; i++)
            if (!look_at_lock(&preserve.locks[i])) return false;
        if (preserve.actors[earlier.task].cut > earlier.at || preserve.work > WORK_MAX) return false;
    } while (changed);
    return preserve.actors[now.task].cut == now.at;
}

bool preserve_allows(struct moment earlier, struct moment now, struct finding_handover *first) {
    bool allowed;

    engine_lock_take(&preserve.lock);
    allowed = is_ready() && earlier.task && now.task && decide(earlier, now);
    if (allowed && !find_handover(earlier.task, now.task, first)) *first = (struct finding_handover){0};
    engine_lock_drop(&preserve.lock);
    return allowed && !preserve.unsure;
}

void preserve_engine_init(void) {
    memset(&preserve, 0, sizeof preserve);
    engine_lock_keep(&preserve.lock);
}

void preserve_engine_fini(void) {
    if (preserve.events) arena_unmap(preserve.events, EVENTS_MAX * sizeof *preserve.events);
    if (preserve.reasons) arena_unmap(preserve.reasons, REASONS_MAX * sizeof *preserve.reasons);
    if (preserve.sections) arena_unmap(preserve.sections, SECTIONS_MAX * sizeof *preserve.sections);
    if (preserve.locks) arena_unmap(preserve.locks, LOCKS_MAX * sizeof *preserve.locks);
    if (preserve.writers) arena_unmap(preserve.writers, WRITERS_MAX * sizeof *preserve.writers);
    if (preserve.actors) arena_unmap(preserve.actors, TASKS_MAX * sizeof *preserve.actors);
}
