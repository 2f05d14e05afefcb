/* Who was expected to call Done on a WaitGroup that is waited on: why that is thought, and what has become of them.
 *
 * Always true
 *  1. A sentence says what was seen (given, started where others were, added, done before), never that it was meant so. */
#include "reports/words.h"

#include <stdlib.h>
#include <string.h>

enum { SENTENCES_MAX = 3 };

/* -- a loop that the compiler has unrolled is one place to its reader ------------------------------------------------------ */

static bool is_same_place(const struct frame *a, const struct frame *b) {
    return a == b || (a && b && a->file == b->file && a->line == b->line && a->line);
}

static bool is_started_beside(const struct model_part *a, const struct model_part *b) {
    return a->role == FINDING_UNDONE && b->role == FINDING_UNDONE && a->object == b->object &&
           is_same_place(stack_place(&a->stack), stack_place(&b->stack));
}

static uint64_t start_of(const struct model_part *p) { return p->stack.count ? p->stack.frames[0].pc : 0; }

/* The numbers of the whole place to each of its parts; those with the same pc have the same. */
static void sum_place(struct model_finding *f, size_t first) {
    uint64_t started = 0, called = 0;

    for (size_t i = first; i < f->part_count; i++) {
        bool again = !is_started_beside(&f->parts[first], &f->parts[i]);

        for (size_t j = first; j < i && !again; j++)
            again = is_started_beside(&f->parts[j], &f->parts[i]) && start_of(&f->parts[j]) == start_of(&f->parts[i]);
        if (!again) started += f->parts[i].started, called += f->parts[i].called;
    }
    for (size_t i = first; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];

        if (!is_started_beside(&f->parts[first], p)) continue;
        p->started = started, p->called = called;
        if (called && (p->clue == FINDING_GIVEN || p->clue == FINDING_STARTED)) p->clue = FINDING_ALIKE;
    }
}

static bool is_alike(const struct model_finding *f, const struct model_part *a, const struct model_part *b) {
    const struct model_task *x = a->task == NO_TASK ? NULL : &f->tasks[a->task];
    const struct model_task *y = b->task == NO_TASK ? NULL : &f->tasks[b->task];

    if (!x || !y) return !y; /* that all have called it goes without saying where some have not */
    return a->clue == b->clue && x->state == y->state && is_same_place(stack_place(&x->now), stack_place(&y->now)) &&
           x->entry.function == y->entry.function;
}

void absent_join(struct model_finding *f) {
    size_t n = 0;

    for (size_t i = 0; i < f->part_count; i++) {
        bool first = f->parts[i].role == FINDING_UNDONE;

        for (size_t j = 0; j < i && first; j++) first = !is_started_beside(&f->parts[j], &f->parts[i]);
        if (first) sum_place(f, i);
    }
    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        size_t j = 0;

        while (j < n && !(is_started_beside(&f->parts[j], p) && is_alike(f, &f->parts[j], p))) j++;
        if (j == n) {
            f->parts[n++] = *p;
            continue;
        }
        f->parts[j].count += p->count;
        free(p->stack.frames);
    }
    f->part_count = n;
}

/* -- why ----------------------------------------------------------------------------------------------------------------------- */

static bool is_suspect(const struct model_finding *f, const struct model_part *p, uint64_t wg) {
    return p->role == FINDING_UNDONE && p->object == wg && p->count && p->task != NO_TASK && f->tasks[p->task].id;
}

/* A place where all that were started have called Done. */
static bool is_complete(const struct model_part *p, uint64_t wg) {
    return p->role == FINDING_UNDONE && p->object == wg && !p->count && p->started;
}

static void put_wg(struct text *t, const struct model_part *wait) {
    text_put(t, "the WaitGroup");
    if (part_object_name(wait)) text_print(t, " %s", part_object_name(wait));
}

static void put_started(struct text *t, const struct model_part *p) {
    text_put(t, p->count > 1 ? " were started" : " was started");
    put_stack_place(t, &p->stack);
}

static void put_clue(struct text *t, const struct model_part *p, const struct model_part *wait) {
    switch (p->clue) {
    case FINDING_GIVEN:
        text_put(t, p->count > 1 ? " were given " : " was given ");
        put_wg(t, wait);
        text_put(t, p->count > 1 ? " when they were started" : " when it was started");
        put_stack_place(t, &p->stack);
        break;
    case FINDING_ADDED:
        text_put(t, " added to ");
        put_wg(t, wait);
        text_put(t, p->count > 1 ? " themselves" : " itself");
        break;
    case FINDING_BEFORE:
        text_put(t, " called goro_wg_done before this round of ");
        put_wg(t, wait);
        break;
    default: put_started(t, p); text_put(t, " after the first goro_wg_add");
    }
}

static void put_fate(struct text *t, const struct model_finding *f, const struct model_part *p,
                     const struct model_part *wait) {
    const struct model_task *task = &f->tasks[p->task];
    const struct frame *now = stack_place(&task->now);
    const char *without = p->clue == FINDING_BEFORE  ? " without calling it again"
                          : p->clue == FINDING_ADDED ? " without as many calls of goro_wg_done"
                                                     : " without calling goro_wg_done";

    if (task->state == FINDING_ENDED) {
        text_print(t, p->count > 1 ? " and have ended%s" : " and has ended%s", without);
        return;
    }
    if (task->state == FINDING_BLOCKED) {
        text_put(t, p->count > 1 ? ", and wait" : ", and waits");
        if (now) text_put(t, " at "), put_place(t, now);
        else if (p->task == wait->task) text_put(t, " for it");
    } else text_put(t, p->count > 1 ? ", and have not ended" : ", and has not ended");
    text_print(t, ",%s", without);
}

/* "; the 3 others that were started there have called it" */
static void put_others(struct text *t, const struct model_part *p) {
    uint64_t rest = p->started - p->called - p->count;

    if (!p->called) return;
    if (p->called == 1) text_put(t, rest ? "; 1 other" : "; the other one");
    else text_print(t, rest ? "; %llu others" : "; the %llu others", (unsigned long long)p->called);
    text_put(t, " that");
    text_put(t, p->called == 1 ? " was started there has called it" : " were started there have called it");
}

static void put_suspect(struct text *why, const struct model_finding *f, const struct model_part *p,
                        const struct model_part *wait) {
    struct text t = {0};

    put_task(&t, &f->tasks[p->task]);
    if (p->count > 1) text_print(&t, " and %llu like it", (unsigned long long)p->count - 1);
    put_clue(&t, p, wait);
    put_fate(&t, f, p, wait);
    put_others(&t, p);
    text_char(&t, '.');
    if (t.data[0] >= 'a' && t.data[0] <= 'z') t.data[0] = (char)(t.data[0] - 'a' + 'A');
    text_char(why, ' ');
    text_put(why, t.data);
    text_free(&t);
}

static void put_complete(struct text *t, const struct model_part *p) {
    if (p->started == 1) text_put(t, " The goroutine that was started");
    else text_print(t, " All %llu goroutines that were started", (unsigned long long)p->started);
    put_stack_place(t, &p->stack);
    text_put(t, p->started == 1 ? " has called goro_wg_done." : " have called goro_wg_done.");
}

/* -- what to change ------------------------------------------------------------------------------------------------------ */

static void advise_suspect(struct text *t, const struct model_finding *f, const struct model_part *p) {
    const struct model_task *task = &f->tasks[p->task];
    const struct frame *now = stack_place(&task->now);

    if (task->state == FINDING_BLOCKED && now) {
        text_put(t, "end the wait at ");
        put_place(t, now);
        text_put(t, ", or call goro_wg_done before it; ");
    }
    text_put(t, "call goro_wg_done on every way out of ");
    text_put(t, task->entry.function ? task->entry.function : "the goroutine");
    text_put(t, ", an early return, too (goro_at_exit does), or start it by goro_wg_go.");
}

static void advise_complete(struct text *t, const struct model_finding *f, uint64_t wg) {
    const struct model_part *adds = NULL;

    for (size_t i = 0; i < f->part_count && !adds; i++)
        if (f->parts[i].role == FINDING_ADDS && f->parts[i].object == wg) adds = &f->parts[i];
    text_put(t, "add exactly one for each goroutine that is started and calls goro_wg_done");
    if (adds) put_stack_place(t, &adds->stack);
    text_put(t, "; goro_wg_go in place of go does it by itself.");
}

static const struct model_part *find_wait(const struct model_finding *f) {
    for (size_t i = 0; i < f->part_count; i++)
        if (f->parts[i].role == FINDING_WAITS && f->parts[i].kind == FINDING_WG) return &f->parts[i];
    return NULL;
}

bool absent_explain(const struct model_finding *f, struct text *why, struct text *fix) {
    const struct model_part *wait = find_wait(f), *first = NULL, *complete = NULL;
    unsigned n = 0;

    for (size_t i = 0; wait && i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i];

        if (is_complete(p, wait->object) && !complete) complete = p;
        if (!is_suspect(f, p, wait->object) || n++ >= SENTENCES_MAX) continue;
        if (!first) first = p;
        put_suspect(why, f, p, wait);
    }
    if (!first && complete) put_complete(why, complete);
    if (fix && first) advise_suspect(fix, f, first);
    else if (fix && complete) advise_complete(fix, f, wait->object);
    return first || complete;
}
