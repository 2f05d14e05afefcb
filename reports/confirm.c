/* Prediction with proof: a schedule in which each goroutine of a predicted cycle is put aside as soon as it has its first lock,
 * so that the others take theirs (the idea is that of Joshi, Park, Sen, Naik: A randomized dynamic program analysis technique
 * for detecting real deadlocks, PLDI 2009). What comes of it is told by the runtime, as any deadlock. */
#include "reports/confirm.h"
#include "reports/memory.h"

#include <stdlib.h>
#include <string.h>

bool confirm_is_predicted_cycle(const struct model_finding *f) { return f->predicted && !strcmp(f->code, "GD004"); }

static bool is_asked_for(const struct model_finding *f, uint64_t lock) {
    for (size_t i = 0; i < f->part_count; i++)
        if (f->parts[i].role == FINDING_ASKS && f->parts[i].object == lock) return true;
    return false;
}

size_t confirm_sites(const struct model_finding *f, uint64_t *pcs) {
    size_t n = 0;

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

bool confirm_proves(const struct model_finding *deadlock, const struct model_finding *f) {
    size_t places = 0;

    if (strcmp(deadlock->code, "GD001") != 0 && strcmp(deadlock->code, "GD002") != 0) return false;
    for (size_t i = 0; i < f->part_count; i++) {
        if (f->parts[i].role != FINDING_ASKS) continue;
        if (!f->parts[i].stack.count || !waits_there(deadlock, &f->parts[i])) return false;
        places++;
    }
    return places > 1;
}

void confirm_set(struct model_finding *f) {
    struct text why = {0};

    text_print(&why, "%s%sA schedule in which they do meet was run, and none of them went on.", f->why ? f->why : "",
               f->why ? " " : "");
    free(f->why);
    f->why = why.data;
    f->certainty = FINDING_CONFIRMED;
    f->predicted = false;
    free(f->title);
    f->title = finding_title(f);
}
