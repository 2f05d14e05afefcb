/* Sentences about goroutines that wait for each other's locks, and about those that nobody can end the wait of: GD002, GD003, GD004.
 *
 * Always true: as in why.c, each says only what the finding's data shows. */
#include "reports/words.h"

#include <string.h>

/* What would end such a wait, and what to change so that it comes. */
static const char *missing_end(enum finding_object kind) {
    switch (kind) {
    case FINDING_CHAN: return "send to it, receive from it or close it";
    case FINDING_SELECT: return "make one of its cases ready";
    case FINDING_WG: return "call goro_wg_done on it";
    case FINDING_COND: return "signal it";
    case FINDING_SEM: return "release it";
    case FINDING_ONCE: return "finish its function";
    default: return "unlock it";
    }
}

static void put_asked(struct text *t, const struct model_part *p) {
    if (part_object_name(p)) text_put(t, part_object_name(p));
    else text_print(t, "the %s", object_kind_name(p->kind));
}

static bool is_behind(const struct model_part *p) { return p->role == FINDING_WAITS && p->task != NO_TASK; }

/* Who holds the lock that is waited for, and who waits behind. */
static void explain_others(const struct model_finding *f, struct text *why) {
    for (size_t i = 1; i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i];
        const char *name = part_object_name(p);

        if (p->role == FINDING_HOLDS && p->task != NO_TASK && f->tasks[p->task].state != FINDING_ENDED) {
            text_put(why, " It is held by ");
            put_task_short(why, &f->tasks[p->task]);
            if (f->tasks[p->task].now.count) {
                text_put(why, ", which waits itself");
                put_stack_place(why, &f->tasks[p->task].now);
            }
            text_char(why, '.');
        }
        if (!is_behind(p) || (f->parts[1].role == FINDING_HOLDS && f->parts[1].task == p->task)) continue;
        text_put(why, " Behind that waits ");
        put_task_short(why, &f->tasks[p->task]);
        if (p->count > 1) text_print(why, " and %llu like it", (unsigned long long)(p->count - 1));
        text_print(why, ", for %s%s.", name ? "" : "the ", name ? name : object_kind_name(p->kind));
    }
}

/* A lock that p holds and somebody waits for: as a rule the one who would have ended p's own wait. */
static const struct model_part *wants_its_lock(const struct model_finding *f, const struct model_part *p) {
    for (size_t i = 1; i < f->part_count; i++)
        for (size_t k = 0; k < p->lock_count; k++)
            if (is_behind(&f->parts[i]) && f->parts[i].object == p->locks[k].address) return &f->parts[i];
    return NULL;
}

/* A goroutine waits with a lock held, and another one wants the lock first. */
static bool advise_unlocking(const struct model_finding *f, struct text *fix) {
    const struct model_part *p = &f->parts[0], *wanting = wants_its_lock(f, p);
    bool held = f->part_count > 1 && f->parts[1].role == FINDING_HOLDS && f->parts[1].task != NO_TASK &&
                f->tasks[f->parts[1].task].state != FINDING_ENDED && f->tasks[f->parts[1].task].now.count;

    if (!wanting && !held) return false;
    text_put(fix, "unlock ");
    put_asked(fix, wanting ? wanting : p);
    text_put(fix, " before the wait");
    put_stack_place(fix, wanting ? &p->stack : &f->tasks[f->parts[1].task].now);
    text_put(fix, ", and lock it again behind: who is waited for has to get that lock first.");
    return true;
}

static void explain_forever(struct model_finding *f, struct text *why, struct text *fix) {
    const struct model_part *p = &f->parts[0];
    const struct frame *made = stack_place(&p->made);

    text_print(why,
               "nothing that still runs has a way to the %s any more: no variable, stack, timer or block of memory "
               "that it can reach leads there, so nobody can ever %s.",
               p->cases > 1 ? "channels of this select" : object_kind_name(p->kind), missing_end(p->kind));
    if (p->lock_count) text_put(why, " The locks that it holds stay locked.");
    explain_others(f, why);
    struct text unwanted = {0};
    bool advised = advise_unlocking(f, fix);
    bool users = users_explain(f, why, advised ? &unwanted : fix);
    bool told = users || absent_explain(f, why, advised ? NULL : fix) || advised;
    text_free(&unwanted);
    if (told) return;
    switch (p->kind) {
    case FINDING_CHAN:
    case FINDING_SELECT:
        text_put(fix, "whoever knew the channel");
        if (made && p->cases == 1) {
            text_put(fix, " made");
            put_stack_place(fix, &p->made);
        }
        text_put(fix,
                 " and has ended or forgotten it must first send, receive or chan_close; if nobody need wait for "
                 "this goroutine, give the channel room for its value, or a select with a context's done channel.");
        break;
    case FINDING_WG: text_put(fix, "call goro_wg_done on every way out of each goroutine that was counted."); break;
    case FINDING_COND: text_put(fix, "signal or broadcast after each change of what is waited for."); break;
    case FINDING_ONCE:
        text_put(fix,
                 "in the function of a once, wait for nobody who has to pass the same once, and do not call it again.");
        break;
    default: text_put(fix, "unlock or release it on every way out of the goroutine that has taken it.");
    }
}

/* All ask for the lock in the same line: it locks what it is given, in the order in which that comes. */
static bool all_ask_alike(const struct model_finding *f) {
    const struct frame *first = f->part_count > 1 ? stack_place(&f->parts[0].stack) : NULL;

    for (size_t i = 0; i < f->part_count; i++) {
        const struct frame *place = stack_place(&f->parts[i].stack);
        if (!first || !place || !first->line || place->line != first->line || place->file != first->file) return false;
    }
    return true;
}

static void put_alike(struct text *fix, const struct model_finding *f) {
    text_put(fix, "all of them ask for the lock");
    put_stack_place(fix, &f->parts[0].stack);
    text_put(fix, ", each for what it was given: decide there which lock comes first by something that is the same for "
                  "all, the lower address or number.");
}

/* "goroutine 2 holds a and waits for b; goroutine 3 holds b and waits for a." */
static void explain_cycle(struct model_finding *f, struct text *why, struct text *fix) {
    for (size_t i = 0; i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i], *next = &f->parts[(i + 1) % f->part_count];
        if (p->task == NO_TASK) continue;
        put_clause(why);
        put_task_short(why, &f->tasks[p->task]);
        if (p->role == FINDING_HOLDS) {
            text_put(why, " has ended and holds it");
            continue;
        }
        text_put(why, " waits for ");
        put_asked(why, p);
        if (next->role == FINDING_WAITS && next->task != NO_TASK) {
            text_put(why, ", which ");
            put_task_short(why, &f->tasks[next->task]);
            text_put(why, " holds");
        }
    }
    if (why->length) text_char(why, '.');
    if (all_ask_alike(f)) {
        put_alike(fix, f);
        return;
    }
    text_put(fix, f->parts[f->part_count - 1].role == FINDING_HOLDS
                      ? "unlock on every way out of the goroutine."
                      : "take the locks in the same order everywhere, or hold only one at a time.");
}

/* "goroutine 2 locks b while it holds a; goroutine 3 locks a while it holds b." Each holds what the one before asks for. */
static void explain_order(struct model_finding *f, struct text *why, struct text *fix) {
    const struct model_part *first = &f->parts[0], *last = &f->parts[f->part_count - 1];

    for (size_t i = 0; i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i], *held = &f->parts[(i + f->part_count - 1) % f->part_count];

        if (p->task == NO_TASK) continue;
        put_clause(why);
        put_task_short(why, &f->tasks[p->task]);
        text_put(why, " locks ");
        put_asked(why, p);
        text_put(why, " while it holds ");
        put_asked(why, held);
    }
    text_put(
        why,
        ". They did not meet this time; if each gets its first lock before the other its second, both wait for ever.");
    if (all_ask_alike(f)) put_alike(fix, f);
    else if (f->part_count > 2) text_put(fix, "take the locks in one order everywhere, or hold only one at a time.");
    else {
        text_put(fix, "take ");
        put_asked(fix, last);
        text_put(fix, " before ");
        put_asked(fix, first);
        put_stack_place(fix, &last->stack);
        text_put(fix, ", too, or hold only one of them at a time.");
    }
}

bool waits_explain(struct model_finding *f, struct text *why, struct text *fix) {
    if (!strcmp(f->code, "GD002") && f->part_count) explain_cycle(f, why, fix);
    else if (!strcmp(f->code, "GD004") && f->part_count > 1) explain_order(f, why, fix);
    else if (!strcmp(f->code, "GD003") && f->part_count) explain_forever(f, why, fix);
    else return false;
    return true;
}
