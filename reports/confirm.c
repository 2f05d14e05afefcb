/* Prediction with proof: a schedule in which each goroutine of a predicted cycle is put aside as soon as it has its first lock,
 * so that the others take theirs (the idea is that of Joshi, Park, Sen, Naik: A randomized dynamic program analysis technique
 * for detecting real deadlocks, PLDI 2009). In the same way who is about to send on a channel that somebody may close is put
 * aside, so that the close comes first. What comes of it is told by the runtime, as any deadlock or panic. */
#include "reports/confirm.h"
#include "reports/memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_cycle(const struct model_finding *f) { return !strcmp(f->code, "GD004"); }

/* Of a send and a close that nothing orders; NULL: it is something else. */
static const struct model_access *find_send(const struct model_finding *f) {
    if (strcmp(f->code, "GC001") != 0 || f->access_count != 2) return NULL;
    for (size_t i = 0; i < 2; i++)
        if (!(f->accesses[i].kind & ACCESS_WRITE) && f->accesses[i].stack.count) return &f->accesses[i];
    return NULL;
}

bool confirm_can_drive(const struct model_finding *f) { return f->predicted && (is_cycle(f) || find_send(f)); }

static bool is_asked_for(const struct model_finding *f, uint64_t lock) {
    for (size_t i = 0; i < f->part_count; i++)
        if (f->parts[i].role == FINDING_ASKS && f->parts[i].object == lock) return true;
    return false;
}

size_t confirm_sites(const struct model_finding *f, uint64_t *pcs) {
    const struct model_access *send = find_send(f);
    size_t n = 0;

    if (send) pcs[n++] = send->stack.frames[0].pc;
    for (size_t i = 0; i < f->part_count; i++)
        for (size_t k = 0; k < f->parts[i].lock_count && n < CONFIRM_SITES_MAX; k++) {
            const struct model_lock *l = &f->parts[i].locks[k];
            if (l->taken.count && is_asked_for(f, l->address)) pcs[n++] = l->taken.frames[0].pc;
        }
    return n;
}

static bool waits_there(const struct model_finding *deadlock, const struct model_part *asks) {
    for (size_t i = 0; i < deadlock->part_count; i++) {
        const struct model_part *p = &deadlock->parts[i];
        if (p->role == FINDING_WAITS && p->stack.count && p->stack.frames[0].pc == asks->stack.frames[0].pc)
            return true;
    }
    return false;
}

/* What was read from stable JSON has no pc of its own. */
static bool is_same_call(const struct frame *a, const struct frame *b) {
    return a->pc == b->pc && a->file == b->file && a->line == b->line && a->column == b->column;
}

/* The panic's place is its only access; its part, who closed the channel. */
static bool is_panic_of(const struct model_finding *found, const struct model_finding *f) {
    const struct model_access *send = find_send(f), *close = &f->accesses[send == f->accesses];

    if (strcmp(found->code, "GC001") != 0 || found->access_count != 1 || !found->accesses[0].stack.count) return false;
    if (found->part_count && found->parts[0].role == FINDING_CLOSED && found->parts[0].stack.count &&
        close->stack.count && !is_same_call(&found->parts[0].stack.frames[0], &close->stack.frames[0]))
        return false;
    return is_same_call(&found->accesses[0].stack.frames[0], &send->stack.frames[0]);
}

static bool is_deadlock_of(const struct model_finding *deadlock, const struct model_finding *f) {
    size_t places = 0;

    if (strcmp(deadlock->code, "GD001") != 0 && strcmp(deadlock->code, "GD002") != 0) return false;
    for (size_t i = 0; i < f->part_count; i++) {
        if (f->parts[i].role != FINDING_ASKS) continue;
        if (!f->parts[i].stack.count || !waits_there(deadlock, &f->parts[i])) return false;
        places++;
    }
    return places > 1;
}

bool confirm_proves(const struct model_finding *found, const struct model_finding *f) {
    return find_send(f) ? is_panic_of(found, f) : is_deadlock_of(found, f);
}

bool confirm_happened(const struct model_finding *found, const struct model_finding *f) {
    return find_send(f) && found->process == f->process && f->certainty != FINDING_OBSERVED && !f->suppressed &&
           !f->known && is_panic_of(found, f);
}

static const char *proof_of(const struct model_finding *f, bool here) {
    if (here) return "It happened in this run: the send panicked.";
    if (is_cycle(f)) return "A schedule in which they do meet was run, and none of them went on.";
    if (f->code[1] == 'R') return "In other schedules the order in which locks are taken hides it; this one was driven to.";
    return "A schedule in which the close comes first was run, and the send panicked.";
}

void confirm_set(struct model_finding *f, bool here) {
    struct text why = {0};

    text_print(&why, "%s%s%s", f->why ? f->why : "", f->why ? " " : "", proof_of(f, here));
    free(f->why);
    f->why = why.data;
    f->certainty = FINDING_CONFIRMED;
    f->predicted = false;
    free(f->title);
    f->title = finding_title(f);
}
