/* Meetings: see meeting.h. Kept by the task with the lower slot of the two, the last few. */
#include "detector/meeting.h"
#include "detector/arena.h"

enum { MEETINGS = 2 }; /* in a pipeline one has one neighbour with a higher slot; two, if it forks */

struct meeting {
    uint64_t with; /* the tenure: its slot and first epoch; 0: nobody */
    struct clock_tree tree;
};
struct task_meetings {
    struct meeting last[MEETINGS];
    uint32_t next; /* to be replaced */
};

static uint64_t tenure_of(const struct det_task *t) { return stamp_make(t->slot, t->record->first); }

static struct meeting *find(const struct det_task *keeper, uint64_t with) {
    for (unsigned i = 0; keeper->meetings && i < MEETINGS; i++)
        if (keeper->meetings->last[i].with == with) return &keeper->meetings->last[i];
    return NULL;
}

const struct clock_tree *meeting_last(const struct det_task *a, const struct det_task *b) {
    const struct meeting *m = a->slot < b->slot ? find(a, tenure_of(b)) : find(b, tenure_of(a));

    return m ? &m->tree : NULL;
}

/* False: no memory, and the next join takes longer. */
static bool begin(struct det_task *keeper) {
    struct task_meetings *all = arena_zalloc(sizeof *all);

    if (!all) return false;
    for (unsigned i = 0; i < MEETINGS; i++) clock_init(&all->last[i].tree);
    keeper->meetings = all;
    return true;
}

void meeting_note(struct det_task *a, struct det_task *b) {
    struct det_task *keeper = a->slot < b->slot ? a : b;
    uint64_t with = tenure_of(keeper == a ? b : a);
    struct meeting *m;

    if (!a->clock.height || a->slot == SLOT_NONE || b->slot == SLOT_NONE) return;
    if (!keeper->meetings && !begin(keeper)) return;
    m = find(keeper, with);
    if (!m) {
        m = &keeper->meetings->last[keeper->meetings->next];
        keeper->meetings->next = (keeper->meetings->next + 1) % MEETINGS;
        m->with = with;
    }
    clock_copy(&m->tree, &a->clock);
}

void meeting_task_end(struct det_task *t) {
    if (!t->meetings) return;
    for (unsigned i = 0; i < MEETINGS; i++) clock_drop(&t->meetings->last[i].tree);
    arena_free(t->meetings, sizeof *t->meetings);
    t->meetings = NULL;
}

void meeting_check(const struct det_task *t) {
    if (!t->meetings) return;
    for (unsigned i = 0; i < MEETINGS; i++) {
        goro_assert(t->meetings->last[i].with || t->meetings->last[i].tree.root == clock_empty());
        clock_check(&t->meetings->last[i].tree);
    }
}
