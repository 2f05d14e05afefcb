/* Notes and follows decisions.
 *
 * The usual choice, which needs no decision: the running goroutine goes on; if it waits or has ended, the oldest one that
 * can run; if it gives way, the next by age, in turn; of the ready cases of a select the first.
 *
 * Always true
 *  1. A run that follows the very decisions that were noted makes the same choices, as long as the goroutines do the
 *     same: each choice's place is (goroutine, progress, kind), and these are the same until a choice differs.
 *  2. Who spins while others could run gives way after SPIN_TURNS switch points in a row: a reduced schedule ends. */
#include "instrument/decisions.h"
#include "instrument/front.h"

#include <string.h>

enum { TASKS_MAX = 1 << 14, SPIN_TURNS = 50, FUEL_MAX = 1024 };

bool decisions_on, decisions_followed;

static struct {
    const struct wire_decision *list;
    uint32_t count;
    struct wire_notes *notes;
    uint64_t running, since; /* who runs, and what all had burnt when it was put on */
    unsigned turns;          /* switch points that it has passed in a row */
    bool gave_way;
    uint32_t progress[TASKS_MAX]; /* by goroutine: up to when it was put down; those of higher ids have none */
} self;

/* -- where we are ---------------------------------------------------------------------------------------------------- */

static uint32_t progress_now(void) {
    uint32_t before = self.running < TASKS_MAX ? self.progress[self.running] : 0;
    return before + (uint32_t)(front_burnt() - self.since);
}

void decisions_switch(uint64_t id) {
    if (self.running < TASKS_MAX) self.progress[self.running] = progress_now();
    if (id != self.running) self.turns = 0;
    self.running = id;
    self.since = front_burnt();
    if (decisions_followed) front_refill();
}

void decisions_begin(const struct wire_schedule *s, const struct wire_decision *list, struct wire_notes *notes) {
    decisions_on = true;
    decisions_followed = (s->flags & WIRE_SCHEDULE_FOLLOW) != 0;
    memset(&self, 0, sizeof self);
    self.list = list;
    self.count = s->decisions;
    self.notes = notes;
    self.running = 1;
    self.since = front_burnt();
    *notes = (struct wire_notes){.count = self.count};
    for (uint32_t i = 0; i < self.count; i++) {
        notes->list[i] = list[i];
        notes->list[i].done = WIRE_DECISION_MISSED;
    }
}

void decisions_gave_way(void) { self.gave_way = true; }

/* -- noting and finding -------------------------------------------------------------------------------------------------- */

static void note(enum wire_decision_kind kind, uint64_t to) {
    if (self.notes->count == WIRE_DECISIONS_MAX || self.running >= TASKS_MAX || to > UINT32_MAX) {
        self.notes->overflow = 1;
        return;
    }
    self.notes->list[self.notes->count++] = (struct wire_decision){.task = (uint32_t)self.running,
                                                                   .at = progress_now(),
                                                                   .to = (uint32_t)to,
                                                                   .kind = (uint16_t)kind,
                                                                   .done = WIRE_DECISION_DONE};
}

/* The decision for this very place that is not done yet; `count`: none. */
static uint32_t find(enum wire_decision_kind kind) {
    uint32_t i = 0, at = progress_now();
    for (; i < self.count; i++) {
        const struct wire_decision *d = &self.list[i];
        if (d->task == self.running && d->kind == kind && d->at == at &&
            self.notes->list[i].done == WIRE_DECISION_MISSED)
            break;
    }
    return i;
}

int32_t decisions_fuel(void) {
    uint32_t now = progress_now(), least = FUEL_MAX;
    for (uint32_t i = 0; i < self.count; i++) {
        const struct wire_decision *d = &self.list[i];
        if (d->task == self.running && d->kind == WIRE_DECISION_PREEMPT && d->at > now && d->at - now < least)
            least = d->at - now;
    }
    return (int32_t)least;
}

/* -- choosing ---------------------------------------------------------------------------------------------------------- */

struct queue {
    unsigned n;
    uint64_t (*id_of)(const void *q, unsigned i);
    const void *q;
};

/* n: not among them. */
static unsigned index_of(const struct queue *q, uint64_t id) {
    unsigned i = 0;
    while (i < q->n && q->id_of(q->q, i) != id) i++;
    return i;
}

/* The lowest id above `id`, or, if there is none, the lowest. */
static unsigned next_in_turn(const struct queue *q, uint64_t id) {
    unsigned lowest = 0, above = q->n;
    for (unsigned i = 0; i < q->n; i++) {
        uint64_t it = q->id_of(q->q, i);
        if (it < q->id_of(q->q, lowest)) lowest = i;
        if (it > id && (above == q->n || it < q->id_of(q->q, above))) above = i;
    }
    return above < q->n ? above : lowest;
}

static unsigned usual_choice(const struct queue *q, enum wire_decision_kind kind) {
    switch (kind) {
    case WIRE_DECISION_PREEMPT: return index_of(q, self.running);
    case WIRE_DECISION_YIELD: return next_in_turn(q, self.running);
    default: return next_in_turn(q, 0);
    }
}

static unsigned follow(const struct queue *q, enum wire_decision_kind kind) {
    if (kind == WIRE_DECISION_PREEMPT && ++self.turns > SPIN_TURNS) {
        self.turns = 0;
        kind = WIRE_DECISION_YIELD;
    }
    uint32_t i = find(kind);
    unsigned chosen = i < self.count ? index_of(q, self.list[i].to) : q->n;
    if (i < self.count) self.notes->list[i].done = chosen < q->n ? WIRE_DECISION_DONE : WIRE_DECISION_REFUSED;
    return chosen < q->n ? chosen : usual_choice(q, kind);
}

unsigned decisions_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *queue, unsigned chosen) {
    struct queue q = {n, id_of, queue};
    bool gave_way = self.gave_way;
    self.gave_way = false;
    enum wire_decision_kind kind = index_of(&q, self.running) == n ? WIRE_DECISION_NEXT
                                   : gave_way                      ? WIRE_DECISION_YIELD
                                                                   : WIRE_DECISION_PREEMPT;
    if (decisions_followed) return follow(&q, kind);
    if (chosen != usual_choice(&q, kind)) note(kind, id_of(queue, chosen));
    return chosen;
}

unsigned decisions_case(unsigned n, unsigned chosen) {
    if (!decisions_followed) {
        if (chosen) note(WIRE_DECISION_CASE, chosen);
        return chosen;
    }
    uint32_t i = find(WIRE_DECISION_CASE);
    if (i == self.count) return 0;
    self.notes->list[i].done = self.list[i].to < n ? WIRE_DECISION_DONE : WIRE_DECISION_REFUSED;
    return self.list[i].to < n ? self.list[i].to : 0;
}
