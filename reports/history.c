/* Events in a ring, and what is made of them at a finding.
 *
 * A moment is an operation in the words of goro.h. The wire tells of operations and of clocks: SEND, then EXCHANGE with the
 * clock of the value's place. So a clock's event belongs to the operation of the same goroutine right before it; what hears
 * a clock has heard the operation that told it last. A lock's clock goes by the lock's address, as that of an atomic does;
 * calls of POSIX's that are no locks tell of clock and operation at once.
 *
 * Where the earlier access of a race lies among the operations of its goroutine is told by its epoch, which each telling
 * ends (detector/epoch.h): events of a lower one came before. Within its epoch it lies before the telling that ended it, and
 * before a lock was taken that it did not hold; behind all else, so that no arrow leads on from it that should not.
 *
 * Of atomics the last store or change that was a release is what an acquire hears, until somebody else stores relaxed. What
 * fences order has no arrows.
 *
 * Always true
 *  1. moment.from is a moment of another goroutine, of a lower order.
 *  2. Memory is bounded: EVENTS_MAX events, MOMENTS_MAX moments for each of HISTORIES_MAX findings. */
#include "reports/history.h"
#include "reports/event_name.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { EVENTS_MAX = 1 << 14, HISTORIES_MAX = 1000, MOMENTS_MAX = 32, AROUND_EARLIER = 4, LANES_MAX = 12 };

struct event {
    struct wire_event e;
    const struct process *process;
};
static struct {
    struct event *event;
    size_t first, count, histories;
} ring;

void history_events(struct process *p, struct wire_reader payload) {
    struct wire_field f;

    if (!ring.event) ring.event = memory_new(EVENTS_MAX * sizeof *ring.event);
    while (wire_next(&payload, &f) == 1) {
        if (f.tag != WIRE_EVENT_LIST) continue;
        for (size_t i = 0; i + sizeof(struct wire_event) <= f.length; i += sizeof(struct wire_event)) {
            struct event *slot = &ring.event[(ring.first + ring.count) % EVENTS_MAX];
            memcpy(&slot->e, f.data + i, sizeof slot->e);
            if (slot->e.thread) slot->e.task |= HISTORY_THREAD;
            if (slot->e.other_thread) slot->e.other |= HISTORY_THREAD;
            slot->process = p;
            if (ring.count < EVENTS_MAX) ring.count++;
            else ring.first = (ring.first + 1) % EVENTS_MAX;
        }
    }
}

void history_next_run(void) {
    ring.first = ring.count = 0;
    event_names_free();
}

void history_end(void) {
    history_next_run();
    free(ring.event);
    ring.event = NULL;
}

void history_free(struct history *h) {
    if (!h) return;
    free(h->moments);
    free(h);
}

/* -- making moments ------------------------------------------------------------------------------------------------------ */

/* Who told a clock last: the moment is made when somebody hears it, if it is no operation. */
struct telling {
    UT_hash_handle hh;
    uint64_t clock, task, order;
    size_t moment;
};
struct lane {
    uint64_t task;
    size_t open;                  /* the operation whose clocks come next; NO_MOMENT: none */
    size_t waiting;               /* a Wait that has blocked */
    const struct wire_event *use; /* of a channel, not known yet to be what; NULL: none */
    bool select;                  /* of several channels at once */
};
struct builder {
    struct process *process;
    struct history *h;
    size_t capacity, lane_count;
    struct lane lanes[LANES_MAX];
    struct telling *tellings;
    uint64_t order; /* of the event at hand */
};

static struct lane *lane_of(struct builder *b, uint64_t task) {
    for (size_t i = 0; i < b->lane_count; i++)
        if (b->lanes[i].task == task) return &b->lanes[i];
    return NULL;
}

static void add_lane(struct builder *b, uint64_t task) {
    if (!task || b->lane_count == LANES_MAX || lane_of(b, task)) return;
    b->lanes[b->lane_count++] = (struct lane){.task = task, .open = NO_MOMENT, .waiting = NO_MOMENT};
}

static size_t add_moment(struct builder *b, uint64_t order, uint64_t task, const char *text, const char *place) {
    struct history *h = b->h;

    h->moments = memory_grow(h->moments, h->count, &b->capacity, sizeof *h->moments);
    h->moments[h->count] =
        (struct moment){.order = order, .task = task, .from = NO_MOMENT, .text = intern(text), .place = place};
    return h->count++;
}

/* "send to channel jobs" */
static size_t add_operation(struct builder *b, uint64_t task, const struct wire_event *e, const char *verb) {
    const struct event_name *n = event_name(b->process, e);
    struct text t = {0};
    size_t moment;

    text_print(&t, "%s %s", verb, n->name);
    moment = add_moment(b, b->order, task, t.data, n->place);
    text_free(&t);
    return moment;
}

static void operate(struct builder *b, struct lane *l, const struct wire_event *e, const char *verb) {
    l->open = add_operation(b, l->task, e, verb);
    l->use = NULL;
}

static struct telling *telling_of(struct builder *b, uint64_t clock) {
    struct telling *t;

    HASH_FIND(hh, b->tellings, &clock, sizeof clock, t);
    return t;
}

static void tell(struct builder *b, uint64_t task, uint64_t clock, size_t moment) {
    struct telling *t = telling_of(b, clock);

    if (!t) {
        t = memory_new(sizeof *t);
        t->clock = clock;
        HASH_ADD(hh, b->tellings, clock, sizeof clock, t);
    }
    t->task = task;
    t->order = b->order;
    t->moment = moment;
}

/* The moment that told the clock; NO_MOMENT if that was nobody with a lane, or the goroutine itself. */
static size_t teller(struct builder *b, uint64_t clock, uint64_t task) {
    struct telling *t = telling_of(b, clock);

    if (!t || t->task == task || !lane_of(b, t->task)) return NO_MOMENT;
    if (t->moment == NO_MOMENT) t->moment = add_moment(b, t->order, t->task, "lets others go on", NULL);
    return t->moment;
}

/* Lets the moment hear it. */
static void draw_arrow(struct builder *b, uint64_t clock, uint64_t task, size_t moment) {
    size_t from = teller(b, clock, task); /* may move the moments */

    b->h->moments[moment].from = from;
}

static size_t end_use(struct builder *b, struct lane *l) {
    size_t moment = NO_MOMENT;

    if (l->use && l->select)
        moment = add_moment(b, b->order, l->task, "receive in a select", event_name(b->process, l->use)->place);
    else if (l->use) moment = add_operation(b, l->task, l->use, "receive from");
    l->use = NULL;
    return moment;
}

/* The operation that hears a clock at this event. */
static size_t hearing(struct builder *b, struct lane *l, bool heard) {
    size_t moment = end_use(b, l);

    if (moment == NO_MOMENT && l->waiting != NO_MOMENT) {
        const struct moment *m = &b->h->moments[l->waiting];
        struct text t = {0};
        text_print(&t, "has waited: %s", m->text);
        moment = add_moment(b, b->order, l->task, t.data, b->h->moments[l->waiting].place);
        text_free(&t);
    }
    l->waiting = NO_MOMENT;
    if (moment == NO_MOMENT) moment = l->open;
    if (moment == NO_MOMENT && heard) moment = add_moment(b, b->order, l->task, "goes on", NULL);
    return moment;
}

static void hear(struct builder *b, struct lane *l, uint64_t clock) {
    size_t from = teller(b, clock, l->task), moment = hearing(b, l, from != NO_MOMENT);

    if (from != NO_MOMENT) b->h->moments[moment].from = from;
    l->open = moment;
}

static void meet(struct builder *b, struct lane *l, const struct wire_event *e) {
    struct lane *other = lane_of(b, e->other), *receiver = l->use ? l : other;
    size_t sent, received;

    if (!other) {
        end_use(b, l);
        return;
    }
    if (receiver == l) sent = other->open;
    else sent = l->open;
    received = end_use(b, receiver);
    if (received != NO_MOMENT && sent != NO_MOMENT) b->h->moments[received].from = sent;
    other->open = receiver == l ? sent : received;
}

static void use_channel(struct lane *l, const struct wire_event *e) {
    l->select = l->use && l->use->pc == e->pc && l->use->other != e->other;
    l->use = e;
    l->open = NO_MOMENT;
}

static void create(struct builder *b, struct lane *l, const struct wire_event *e) {
    if (!lane_of(b, e->other)) return;
    l->open = add_moment(b, b->order, l->task, e->other & HISTORY_THREAD ? "start a thread" : "go",
                         event_name(b->process, e)->place);
    b->h->moments[l->open].to = e->other;
}

static void lock(struct builder *b, struct lane *l, const struct wire_event *e, bool unlocks) {
    operate(b, l, e, unlocks ? "unlock" : e->value ? "lock for reading:" : "lock");
    b->h->moments[l->open].lock = e->other;
    b->h->moments[l->open].unlocks = unlocks;
    if (unlocks && !e->value) tell(b, l->task, e->other, l->open);
    if (!unlocks) draw_arrow(b, e->other, l->task, l->open);
}

/* A load that was the last thing that the lane has done already, and told it of nobody, is one moment with it: who spins
 * does little else. */
static size_t spin(struct builder *b, const struct lane *l, size_t load) {
    struct history *h = b->h;
    size_t last = load;

    while (last-- > 0 && h->moments[last].task != l->task) {}
    if (last == (size_t)-1 || h->moments[last].text != h->moments[load].text) return load;
    if (h->moments[last].place != h->moments[load].place || h->moments[last].from != NO_MOMENT) return load;
    h->moments[last].order = b->order;
    h->count--;
    return last;
}

/* An atomic operation: no other event belongs to it. */
static void operate_atomic(struct builder *b, struct lane *l, const struct wire_event *e) {
    static const char *const verbs[] = {"atomic load of", "atomic store to", "atomic change of"};
    struct telling *last = telling_of(b, e->other);
    size_t moment = NO_MOMENT;

    if (l && e->value & (WIRE_ATOMIC_HEARS | WIRE_ATOMIC_TELLS)) {
        moment = add_operation(b, l->task, e, verbs[(e->value & 3) % array_length(verbs)]);
        l->open = NO_MOMENT;
        l->use = NULL;
        if ((e->value & 3) == WIRE_ATOMIC_LOAD) moment = spin(b, l, moment);
        if (e->value & WIRE_ATOMIC_HEARS) draw_arrow(b, e->other, l->task, moment);
    }
    if (e->value & WIRE_ATOMIC_TELLS) tell(b, e->task, e->other, moment);
    else if ((e->value & 3) == WIRE_ATOMIC_STORE && last && last->task != e->task) last->task = 0;
}

/* A call of POSIX's that tells a clock, or hears it. */
static void operate_posix(struct builder *b, struct lane *l, const struct wire_event *e) {
    static const struct {
        const char *tells, *hears;
    } verbs[] = {[FINDING_PTHREAD_COND] = {"signal", "woken by"},
                 [FINDING_PTHREAD_BARRIER] = {"reach", "pass"},
                 [FINDING_POSIX_SEM] = {"post", "pass"},
                 [FINDING_ONCE] = {"finish", "find finished:"}};
    bool hears = e->kind == WIRE_EVENT_ACQUIRE, is_thread = e->object == FINDING_PTHREAD;
    struct wire_event call = *e;
    struct text t = {0};

    call.other = is_thread ? 0 : e->value;
    if (is_thread && hears) text_print(&t, "join thread %llu", (unsigned long long)e->value);
    else if (is_thread) text_put(&t, "ends");
    else if (e->object < array_length(verbs) && verbs[e->object].tells)
        text_print(&t, "%s %s", hears ? verbs[e->object].hears : verbs[e->object].tells,
                   event_name(b->process, &call)->name);
    else text_put(&t, hears ? "goes on" : "lets others go on");
    l->open = add_moment(b, b->order, l->task, t.data, e->pc ? event_name(b->process, &call)->place : NULL);
    text_free(&t);
    if (hears) draw_arrow(b, e->other, l->task, l->open);
    else tell(b, l->task, e->other, l->open);
    l->open = l->waiting = NO_MOMENT;
}

/* Of somebody without a lane, who may tell those that have one. */
static void take_stranger(struct builder *b, const struct wire_event *e) {
    struct lane *other;

    if (e->kind == WIRE_EVENT_RELEASE || e->kind == WIRE_EVENT_EXCHANGE || (e->kind == WIRE_EVENT_UNLOCK && !e->value))
        tell(b, e->task, e->other, NO_MOMENT);
    if (e->kind == WIRE_EVENT_ATOMIC) operate_atomic(b, NULL, e);
    if (e->kind == WIRE_EVENT_MEET && (other = lane_of(b, e->other))) end_use(b, other);
}

static void take(struct builder *b, const struct wire_event *e) {
    struct lane *l = lane_of(b, e->task);

    if (!l) {
        take_stranger(b, e);
        return;
    }
    if ((e->kind == WIRE_EVENT_LOCK || e->kind == WIRE_EVENT_UNLOCK) && event_name(b->process, e)->unwinders) return;
    if (e->object && (e->kind == WIRE_EVENT_RELEASE || e->kind == WIRE_EVENT_ACQUIRE)) {
        operate_posix(b, l, e);
        return;
    }
    switch (e->kind) {
    case WIRE_EVENT_CREATE: create(b, l, e); break;
    case WIRE_EVENT_USE: use_channel(l, e); break;
    case WIRE_EVENT_SEND: operate(b, l, e, "send to"); break;
    case WIRE_EVENT_CLOSE: operate(b, l, e, "close"); break;
    case WIRE_EVENT_LOCK: lock(b, l, e, false); break;
    case WIRE_EVENT_UNLOCK: lock(b, l, e, true); break;
    case WIRE_EVENT_ADD: operate(b, l, e, (int64_t)e->value < 0 ? "done" : "add to"); break;
    case WIRE_EVENT_WAIT: operate(b, l, e, "wait for"); break;
    case WIRE_EVENT_BLOCK:
        l->waiting = e->object == FINDING_WG ? l->open : NO_MOMENT;
        if (e->object != FINDING_CHAN) l->open = NO_MOMENT; /* a send meets its receiver later */
        break;
    case WIRE_EVENT_RELEASE: tell(b, l->task, e->other, l->open); break;
    case WIRE_EVENT_ACQUIRE: hear(b, l, e->other); break;
    case WIRE_EVENT_EXCHANGE:
        hear(b, l, e->other);
        tell(b, l->task, e->other, l->open);
        break;
    case WIRE_EVENT_MEET: meet(b, l, e); break;
    case WIRE_EVENT_ATOMIC: operate_atomic(b, l, e); break;
    }
}

/* -- where the earlier access lies ------------------------------------------------------------------------------------- */

static bool is_held(const struct model_access *a, uint64_t lock) {
    for (size_t i = 0; i < a->lock_count; i++)
        if (a->locks[i].address == lock) return true;
    return false;
}

/* Does the event end an epoch, and to which operation does it belong? */
static bool tells(const struct wire_event *e) {
    return e->kind == WIRE_EVENT_UNLOCK || e->kind == WIRE_EVENT_RELEASE || e->kind == WIRE_EVENT_EXCHANGE ||
           e->kind == WIRE_EVENT_MEET || e->kind == WIRE_EVENT_CREATE || e->kind == WIRE_EVENT_END ||
           (e->kind == WIRE_EVENT_ATOMIC && e->value & WIRE_ATOMIC_TELLS);
}
static bool is_scheduling(const struct wire_event *e) {
    return e->kind == WIRE_EVENT_RUN || e->kind == WIRE_EVENT_BLOCK || e->kind == WIRE_EVENT_READY ||
           e->kind == WIRE_EVENT_UNBLOCK;
}
static bool is_continued(unsigned operation, const struct wire_event *e) {
    if (e->object && (e->kind == WIRE_EVENT_RELEASE || e->kind == WIRE_EVENT_ACQUIRE)) return false;
    switch (e->kind) {
    case WIRE_EVENT_SEND:
    case WIRE_EVENT_CLOSE: return operation == WIRE_EVENT_USE;
    case WIRE_EVENT_RELEASE: return operation != WIRE_EVENT_LOCK && operation != WIRE_EVENT_WAIT;
    case WIRE_EVENT_ACQUIRE: return true;
    case WIRE_EVENT_EXCHANGE:
    case WIRE_EVENT_MEET: return operation == WIRE_EVENT_USE || operation == WIRE_EVENT_SEND;
    default: return false;
    }
}

/* The event's epoch as the task's own; 0: it is not about the task. */
static uint32_t epoch_at(const struct wire_event *e, uint64_t task) {
    if (e->task == task) return e->epoch;
    return e->kind == WIRE_EVENT_MEET && e->other == task ? (uint32_t)e->value : 0;
}

/* The order of the event that it came right before, the first of an operation; UINT64_MAX: it came after all. */
static uint64_t place_access(const struct model_access *a, uint64_t task, const struct process *p) {
    uint64_t begun = UINT64_MAX; /* when the operation at hand began, if that was in the access's epoch */
    unsigned operation = 0;
    bool told = false; /* it ends the epoch */

    for (size_t i = 0; i < ring.count; i++) {
        const struct event *x = &ring.event[(ring.first + i) % EVENTS_MAX];
        uint32_t epoch = x->process == p ? epoch_at(&x->e, task) : 0;

        if (!epoch || epoch < a->epoch) continue;
        if (epoch > a->epoch) return begun != UINT64_MAX ? begun : i;
        if (x->e.kind == WIRE_EVENT_LOCK && !is_held(a, x->e.other)) return i;
        if (is_scheduling(&x->e)) continue;
        if (begun == UINT64_MAX || !is_continued(operation, &x->e)) begun = i;
        if (x->e.object || (x->e.kind != WIRE_EVENT_RELEASE && x->e.kind != WIRE_EVENT_ACQUIRE)) operation = x->e.kind;
        told = tells(&x->e);
    }
    return told ? begun : UINT64_MAX;
}

/* -- the window ---------------------------------------------------------------------------------------------------------- */

static int by_order(const void *a, const void *b) {
    const struct moment *const *x = a, *const *y = b;

    return (*x)->order < (*y)->order ? -1 : (*x)->order > (*y)->order;
}

/* Moments in their order, which those that were made late are not yet. */
static void sort_moments(struct history *h) {
    struct moment **sorted = memory_new((h->count + 1) * sizeof *sorted),
                  *copy = memory_new((h->count + 1) * sizeof *copy);
    size_t *place = memory_new((h->count + 1) * sizeof *place);

    for (size_t i = 0; i < h->count; i++) sorted[i] = &h->moments[i];
    qsort(sorted, h->count, sizeof *sorted, by_order);
    for (size_t i = 0; i < h->count; i++) place[sorted[i] - h->moments] = i;
    for (size_t i = 0; i < h->count; i++) {
        copy[i] = *sorted[i];
        if (copy[i].from != NO_MOMENT) copy[i].from = place[copy[i].from];
    }
    free(h->moments);
    free(sorted);
    free(place);
    h->moments = copy;
}

/* The last ones, those around the earlier access, and who told them. */
static void keep_window(struct history *h) {
    bool *kept = memory_new(h->count + 1);
    size_t *place = memory_new((h->count + 1) * sizeof *place), n = 0, earlier = 0;
    uint64_t skipped = 0;

    for (size_t i = 0; i < h->count; i++)
        kept[i] = i + MOMENTS_MAX >= h->count || (i + AROUND_EARLIER >= h->earlier && i < h->earlier + AROUND_EARLIER);
    for (size_t i = h->count; i-- > 0;)
        if (kept[i] && h->moments[i].from != NO_MOMENT) kept[h->moments[i].from] = true;
    for (size_t i = 0; i < h->count; i++) {
        struct moment m = h->moments[i];
        if (i == h->earlier) earlier = n;
        place[i] = n;
        if (!kept[i]) {
            skipped++;
            continue;
        }
        m.skipped = skipped;
        skipped = 0;
        if (m.from != NO_MOMENT) m.from = place[m.from];
        h->moments[n++] = m;
    }
    h->earlier = h->earlier >= h->count ? n : earlier;
    h->count = n;
    free(kept);
    free(place);
}

static uint64_t key_of(uint64_t id, bool thread) { return id && thread ? id | HISTORY_THREAD : id; }
static uint64_t task_key(const struct model_task *t) { return key_of(t->id, t->kind == TASK_THREAD); }

/* The finding's own access, if that is atomic, has been told of right before it. */
static bool is_own_access(const struct model_finding *f, const struct wire_event *e) {
    const struct model_access *a = &f->accesses[0];

    return f->access_count > 1 && e->kind == WIRE_EVENT_ATOMIC && e->task == task_key(&f->tasks[a->task]) &&
           e->other == a->address && e->epoch == a->epoch;
}

static void take_all(struct builder *b, const struct model_finding *f) {
    for (size_t i = 0; i < ring.count; i++) {
        const struct event *x = &ring.event[(ring.first + i) % EVENTS_MAX];
        b->order = i;
        if (x->process == f->process && (i + 1 < ring.count || !is_own_access(f, &x->e))) take(b, &x->e);
    }
}

void history_attach(struct model_finding *f) {
    struct builder b = {.process = f->process};
    struct telling *t, *next;
    uint64_t before = UINT64_MAX;

    if (!ring.count || ring.histories == HISTORIES_MAX) return;
    for (size_t i = 0; i < f->task_count; i++) add_lane(&b, task_key(&f->tasks[i]));
    for (size_t i = 0; i < f->task_count; i++) add_lane(&b, key_of(f->tasks[i].parent_id, f->tasks[i].parent_thread));
    b.h = memory_new(sizeof *b.h);
    take_all(&b, f);
    HASH_ITER(hh, b.tellings, t, next) {
        HASH_DEL(b.tellings, t);
        free(t);
    }
    if (f->access_count > 1)
        before = place_access(&f->accesses[1], task_key(&f->tasks[f->accesses[1].task]), f->process);
    sort_moments(b.h);
    while (b.h->earlier < b.h->count && b.h->moments[b.h->earlier].order < before) b.h->earlier++;
    keep_window(b.h);
    if (!b.h->count) {
        history_free(b.h);
        return;
    }
    ring.histories++;
    f->history = b.h;
}
