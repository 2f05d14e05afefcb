/* Sentences made from facts: why nothing orders the two accesses, what to change.
 *
 * Always true
 *  1. Each sentence says only what the finding's data shows (clocks heard, locks held, kinds of access, who created
 *     whom). Where the data does not tell, the sentence is left out: no template is printed for want of a fact.
 *  2. A race's two accesses have no common lock held exclusively by both, or they would be ordered. */
#include "reports/left.h"
#include "reports/race.h"
#include "reports/source.h"
#include "reports/words.h"

#include <stdlib.h>
#include <string.h>

static const struct model_lock *find_held(const struct model_access *a, uint64_t address) {
    for (size_t i = 0; i < a->lock_count; i++)
        if (a->locks[i].address == address) return &a->locks[i];
    return NULL;
}

static const struct model_lock *only_in(const struct model_access *a, const struct model_access *b) {
    for (size_t i = 0; i < a->lock_count; i++)
        if (!find_held(b, a->locks[i].address)) return &a->locks[i];
    return NULL;
}

struct race race_gather(const struct model_finding *f) {
    struct race r = {.f = f, .later = &f->accesses[0], .earlier = &f->accesses[1]};

    r.now = &f->tasks[r.later->task];
    r.then = &f->tasks[r.earlier->task];
    r.extra_now = only_in(r.later, r.earlier);
    r.extra_then = only_in(r.earlier, r.later);
    for (size_t i = 0; i < r.later->lock_count && !r.shared; i++) {
        r.shared_then = find_held(r.earlier, r.later->locks[i].address);
        if (r.shared_then && (r.shared_then->read || r.later->locks[i].read)) r.shared = &r.later->locks[i];
    }
    return r;
}

void race_put_lock(struct text *t, const struct model_lock *l) {
    const struct frame *taken = stack_place(&l->taken);

    if (l->variable.name || l->expression) {
        text_put(t, l->variable.name ? l->variable.name : l->expression);
        return;
    }
    text_print(t, "the %s", object_kind_name(l->kind));
    if (!taken) return;
    text_put(t, " of ");
    put_place(t, taken);
}

/* -- why nothing orders them: clauses, joined by "; " ---------------------------------------------------------------- */

void race_tell_clocks(struct text *t, const struct race *r) {
    if (r->now == r->then) return;
    put_clause(t);
    if (task_started(r->now, r->then) && !r->then->heard) {
        put_task_short(t, r->now);
        text_put(t, " started ");
        put_task_short(t, r->then);
        text_put(t, " and has not waited for it since (no receive, lock or Wait took anything over from it)");
    } else if (task_started(r->then, r->now)) {
        put_task_short(t, r->then);
        text_put(t, " made its access after it had started ");
        put_task_short(t, r->now);
        text_put(t, ", and nothing that ");
        put_task_short(t, r->now);
        text_put(t, " has received or locked since tells it of that");
    } else {
        put_task_short(t, r->now);
        text_put(t, r->then->heard ? " has heard from " : " has heard nothing from ");
        put_task_short(t, r->then);
        text_put(t, r->then->heard ? ", but of nothing as late as that access"
                    : r->now->parent_id && r->now->parent_id == r->then->parent_id &&
                            r->now->parent_thread == r->then->parent_thread
                        ? " since both were started"
                        : " since it was started");
    }
}

static void tell_locks(struct text *t, const struct race *r) {
    if (!r->shared && !r->extra_now && !r->extra_then) return;
    put_clause(t);
    if (r->shared) {
        bool both = r->shared->read && r->shared_then->read;
        text_put(t, "both held ");
        race_put_lock(t, r->shared);
        if (!both) {
            text_put(t, ", but ");
            put_task_short(t, r->shared->read ? r->now : r->then);
        }
        text_put(t, both ? " for reading only, and readers do not keep each other out" : " for reading only");
    } else if (r->extra_now && r->extra_then) {
        text_put(t, "they held different locks (");
        put_task_short(t, r->now);
        text_char(t, ' ');
        race_put_lock(t, r->extra_now);
        text_put(t, ", ");
        put_task_short(t, r->then);
        text_char(t, ' ');
        race_put_lock(t, r->extra_then);
        text_put(t, "), which do not keep each other out");
    } else {
        put_task_short(t, r->extra_now ? r->now : r->then);
        text_put(t, " held ");
        race_put_lock(t, r->extra_now ? r->extra_now : r->extra_then);
        text_put(t, ", ");
        put_task_short(t, r->extra_now ? r->then : r->now);
        text_put(t, " did not");
    }
}

static void tell_kinds(struct text *t, const struct race *r) {
    bool now = r->later->kind & ACCESS_ATOMIC, then = r->earlier->kind & ACCESS_ATOMIC;

    if (now == then) return;
    put_clause(t);
    text_put(t, "the access by ");
    put_task_short(t, now ? r->now : r->then);
    text_put(t, " is atomic, the one by ");
    put_task_short(t, now ? r->then : r->now);
    text_put(t, " is plain, and only two atomic accesses may meet");
}

/* -- freed memory ------------------------------------------------------------------------------------------------------ */

/* A free is one of the two. If it came first, the order of the two is no excuse. */
static void explain_freed(struct model_finding *f, struct text *why, struct text *fix) {
    struct race r = race_gather(f);
    bool late = r.later->kind & ACCESS_FREE;
    const struct model_access *use = late ? r.earlier : r.later;
    const char *what = f->object_kind == FINDING_CHAN ? "channel" : f->memory == FINDING_STACK_DEAD ? "stack" : "block";

    f->unordered = late;
    if (late) {
        race_tell_clocks(why, &r);
        text_print(why, "%sthe %s might as well have been freed first, and the other access have hit freed memory.",
                   why->length ? "; " : "", what);
    } else if (r.now == r.then) {
        put_task_short(why, r.now);
        text_print(why, " freed the %s itself before it used it.", what);
    } else {
        text_print(why, "the %s was given back by ", what);
        put_task_short(why, r.then);
        text_put(why, " before this access, so what lies there may be anything.");
    }
    if (f->memory == FINDING_STACK_DEAD) {
        text_put(fix, "give it memory that lives as long as its users: allocate it, or wait for them before "
                      "the function "
                      "or goroutine that has it ends.");
        return;
    }
    if (r.now == r.then) {
        text_put(fix, "use it for the last time before the free");
        put_stack_place(fix, &r.earlier->stack);
        text_put(fix, ", and set the pointer to NULL there.");
        return;
    }
    text_print(fix, "free the %s only when ", what);
    put_task_short(fix, &f->tasks[use->task]);
    text_put(fix, " is done with it: wait for it (WaitGroup, channel) before the free");
    put_stack_place(fix, late ? &r.later->stack : &r.earlier->stack);
    text_char(fix, '.');
}

/* What is wrong with a misuse, and what to do: fixed sentences, for they say what the code means. */
static const struct {
    const char *code, *why, *fix;
} misuse[] = {
    {"GC001", "A closed channel takes no more values: the send panics.",
     "close only when every sender is done (count them with a WaitGroup), and let only one goroutine close."},
    {"GC002", "A channel is closed once, and a NULL channel never: the close panics.",
     "let one owner close the channel, or guard the close by goro_once_do."},
    {"GC003", "Nothing can ever be sent or received on a NULL channel: the goroutine waits forever.",
     "make the channel with chan_make before its first use."},
    {"GC004", "The channel's memory is gone while it is in use.",
     "free the channel when the last goroutine that uses it has ended: wait for them first."},
    {"GW002", "goro_wg_done (or a negative goro_wg_add) was called more often than goro_wg_add allowed for.",
     "call goro_wg_add once before each go statement, and goro_wg_done once in each goroutine."},
    {"GW003", "An Add that is not ordered before Wait may come too late: Wait may return before the work has begun.",
     "call goro_wg_add before the go statement, not inside the goroutine."},
    {"GM001", "The lock was not held.", "pair each unlock with one lock; look for a second unlock on an error path."},
    {"GM002", "A goroutine that locks what it holds waits for itself.",
     "unlock first, or split the function into one that locks and one that expects the lock to be held."},
    {"GM003", "A copy has the old state without the goroutines that wait on it: it protects nothing.",
     "pass a pointer to it instead of a copy."},
    {"GW001", "The counter can never reach zero: nobody is left who could call goro_wg_done.",
     "call goro_wg_done on every way out of the goroutine (goro_at_exit does), or start it by goro_wg_go."},
    {"GL001",
     "main returned, and so ended a goroutine that was still waiting: nobody sent, received, closed, "
     "unlocked or counted down what it waits for.",
     "let somebody end the wait before main returns (chan_close, a context's cancel), and wait for the goroutine."},
    {"GX001", "It still ran when main returned: its memory is kept, and what waits for it.",
     "call goro_ctx_cancel, goro_timer_stop or goro_ticker_stop when it is needed no more."},
    {"GD001", "Every goroutine waits, and nothing that could wake one of them is left.",
     "look for a missing send, receive, chan_close, unlock or goro_wg_done."},
};

/* What to do where all who wait wait for objects of one kind; NULL: nothing better than what the code says. */
static const char *fix_of_kind(const struct model_finding *f) {
    enum finding_object kind = FINDING_NO_OBJECT;
    bool runs_on = !strcmp(f->code, "GX001");

    if (runs_on && f->object_kind == FINDING_CONTEXT)
        return "call goro_ctx_cancel when it is needed no more, on every way out.";
    if (runs_on && f->object_kind == FINDING_TIMER)
        return "call goro_timer_stop, of a ticker goro_ticker_stop, when it is needed no more, on every way out.";
    if (strcmp(f->code, "GD001") != 0) return NULL;
    for (size_t i = 0; i < f->part_count; i++) {
        if (f->parts[i].role != FINDING_WAITS) continue;
        if (kind && kind != f->parts[i].kind) return NULL;
        kind = f->parts[i].kind;
    }
    switch (kind) {
    case FINDING_SEM:
        return "call goro_sem_release on every way out of who has acquired it, and never acquire more than "
               "goro_sem_init gave it: that is granted to nobody.";
    case FINDING_ONCE:
        return "let the function that goro_once_do runs return: it must not call goro_once_do on the same once, nor "
               "wait for somebody who does.";
    case FINDING_COND:
        return "signal or broadcast after each change of what is waited for, and look, under the lock, whether it has "
               "changed already before waiting.";
    default: return NULL;
    }
}

/* "Goroutine 3 (worker), which has ended, closed it first, in stop (x.c:9)." */
static void put_closer(const struct model_finding *f, struct text *why) {
    const struct model_part *p = f->part_count && f->parts[0].role == FINDING_CLOSED ? &f->parts[0] : NULL;
    struct text t = {0};

    if (!p || !f->access_count || p->task == NO_TASK) return;
    put_task(&t, &f->tasks[p->task]);
    if (f->tasks[p->task].state == FINDING_ENDED) text_put(&t, ", which has ended,");
    text_put(&t, p->task == f->accesses[0].task ? " closed it itself before" : " closed it before");
    put_stack_place(&t, &p->stack);
    text_char(&t, '.');
    if (t.data[0] >= 'a' && t.data[0] <= 'z') t.data[0] = (char)(t.data[0] - 'a' + 'A');
    text_char(why, ' ');
    text_put(why, t.data);
    text_free(&t);
}

static void put_notes(struct model_finding *f, struct text *why, struct text *fix) {
    if (!strcmp(f->code, "GM003") && f->object_kind == FINDING_TIMER) {
        text_put(why, "The timer is set, and its memory holds something else: the function that has it as a variable has "
                      "returned, or its block has been freed. The runtime's lists lead through that memory.");
        text_put(fix, "call goro_timer_stop, of a ticker goro_ticker_stop, before the function returns, on every way out, "
                      "or before the block is freed.");
        return;
    }
    if (!strcmp(f->code, "GM003") && f->part_count) {
        text_put(why, "The memory of a lock is given back while it is held: who waits for it, or unlocks it, touches "
                      "freed memory.");
        text_put(fix, "unlock it first, and free it when nobody uses it any more.");
        return;
    }
    if (!strcmp(f->code, "GD001") && finding_is_of_threads(f)) {
        text_put(why,
                 "Every thread waits for another, without a time limit, and no signal is caught that could wake one.");
        text_put(
            fix,
            "look for a missing unlock, signal, broadcast or sem_post, a thread that is joined by one it waits for, "
            "or a barrier that too few threads come to.");
        return;
    }
    for (size_t i = 0; i < array_length(misuse); i++) {
        if (strcmp(misuse[i].code, f->code) != 0) continue;
        text_put(why, misuse[i].why);
        put_closer(f, why);
        bool users = users_explain(f, why, fix), absent = absent_explain(f, why, users ? NULL : fix);
        if (users || absent) continue;
        const char *of_kind = fix_of_kind(f);
        text_put(fix, of_kind ? of_kind : misuse[i].fix);
    }
    if (!strcmp(f->code, "GL001") && f->part_count && f->parts[0].forever)
        text_print(why, " Nothing that was left had a way to the %s: more time would not have helped.",
                   f->parts[0].cases > 1 ? "channels of its select" : object_kind_name(f->parts[0].kind));
}

/* -- names from the source ---------------------------------------------------------------------------------------------- */

static char *object_at(const struct model_access *a) {
    const struct frame *f = stack_place(&a->stack);

    if (!f || !f->line || (f->inlined && f->ours) || a->kind & ACCESS_LEFT) return NULL;
    return source_object(source_line(f->file, f->line), f->column, a->kind & ACCESS_WRITE);
}

static const char *last_name(const char *s) {
    const char *at = s + strlen(s);

    while (at > s && at[-1] != '.' && at[-1] != '>' && at[-1] != '*') at--;
    return at;
}

/* Both accesses met in the same bytes, so what the source calls them must end alike; else neither is believed. */
static const char *find_expression(const struct model_finding *f) {
    char *now = object_at(&f->accesses[0]), *then = object_at(&f->accesses[1]);
    const char *kept = NULL;

    if (now && (!then || !strcmp(last_name(now), last_name(then)))) kept = intern(now);
    if (!now && then && (f->accesses[0].size == f->accesses[1].size || f->accesses[0].kind & ACCESS_LEFT))
        kept = intern(then);
    free(now);
    free(then);
    return kept;
}

/* -- all --------------------------------------------------------------------------------------------------------------------- */

/* A race that only a lock's order hid in the run. */
static void tell_handover(struct text *t, const struct model_finding *f, const struct race *r) {
    text_put(t, "in this run only the order in which ");
    if (f->handover_count == 2) race_put_lock(t, &f->handover[0]);
    else text_put(t, "locks");
    text_put(t, f->handover_count == 2 ? " was taken" : " were taken");
    text_put(t, " put one before the other");
    if (f->handover_count == 2) {
        text_put(t, ": ");
        put_task_short(t, r->then);
        text_put(t, " had it first");
        put_stack_place(t, &f->handover[0].taken);
        text_put(t, ", then ");
        put_task_short(t, r->now);
        put_stack_place(t, &f->handover[1].taken);
    }
    text_put(t, ". It may come the other way round, since nothing that ");
    put_task_short(t, r->now);
    text_put(t, " had read or waited for by then came from behind the access of ");
    put_task_short(t, r->then);
    text_put(t, "; then nothing orders the two. No schedule was found that comes there.");
}

/* Two plain or atomic accesses. */
static void explain_race(struct model_finding *f, struct text *why, struct text *fix) {
    struct race r = race_gather(f);

    f->unordered = !f->reorderable;
    if (!f->variable.name) f->expression = find_expression(f);
    if (f->reorderable) {
        tell_handover(why, f, &r);
    } else {
        race_tell_clocks(why, &r);
        tell_locks(why, &r);
        tell_kinds(why, &r);
        if (why->length) text_char(why, '.');
    }
    race_advise(fix, &r);
}

/* A use of a channel and one that ends it, seen in an order that nothing guarantees. */
static void explain_marked(struct model_finding *f, struct text *why, struct text *fix) {
    struct race r = race_gather(f);

    f->unordered = true;
    race_tell_clocks(why, &r);
    if (why->length) text_put(why, ". ");
    put_notes(f, why, fix);
}

void finding_explain(struct model_finding *f) {
    unsigned kinds = finding_is_pair(f) ? f->accesses[0].kind | f->accesses[1].kind : 0;
    struct text why = {0}, fix = {0};

    if (kinds & ACCESS_LEFT && !f->variable.name) f->expression = find_expression(f);
    if (kinds & ACCESS_LEFT) left_explain(f, &why, &fix);
    else if (kinds & ACCESS_FREE) explain_freed(f, &why, &fix);
    else if (kinds & ACCESS_MARK) explain_marked(f, &why, &fix);
    else if (finding_is_pair(f)) explain_race(f, &why, &fix);
    else if (!waits_explain(f, &why, &fix)) put_notes(f, &why, &fix);
    f->title = finding_title(f);
    f->why = why.data;
    f->fix = fix.data;
}
