/* What to change so that a race is none: one sentence, with the lock, the variable and the places at hand.
 *
 * Always true: the advice names only what the finding's data shows (why.c, invariant 1). */
#include "reports/race.h"
#include "reports/words.h"

#include <string.h>

/* The n-th frame of the user's own code; NULL past the last. */
static const struct frame *user_frame(const struct stack *s, size_t n) {
    for (size_t i = 0; i < s->count; i++)
        if (!s->frames[i].ours && n-- == 0) return &s->frames[i];
    return NULL;
}

static bool is_same_line(const struct frame *a, const struct frame *b) {
    return a && b && a->file == b->file && a->line == b->line && a->function == b->function;
}

/* Where the two differ is where the lock is missing: with a common innermost function, around the call of it. */
static void advise_lock(struct text *t, const struct model_lock *l, const struct model_access *missing,
                        const struct model_access *having) {
    const struct frame *here, *there;
    size_t depth = 0;

    while (is_same_line(user_frame(&missing->stack, depth), user_frame(&having->stack, depth))) depth++;
    here = user_frame(&missing->stack, depth);
    there = user_frame(&having->stack, depth);
    if (!here || !there) depth = 0, here = user_frame(&missing->stack, 0), there = NULL;
    text_put(t, "lock ");
    race_put_lock(t, l);
    if (depth && user_frame(&missing->stack, depth - 1)->function)
        text_print(t, " around the call of %s", user_frame(&missing->stack, depth - 1)->function);
    else text_print(t, " around the %s", access_word(missing));
    if (here) {
        if (here->function) text_print(t, " in %s", here->function);
        text_put(t, " (");
        put_place(t, here);
        text_char(t, ')');
    }
    if (there && there->function && here->function != there->function) text_print(t, ", as %s does", there->function);
    text_char(t, '.');
}

/* A variable of its own, not a part of one nor a pointer: making it atomic may be all that it needs. */
static bool is_lone_number(const struct model_finding *f) {
    const struct variable *v = &f->variable;

    return v->name && v->name == v->whole && v->size <= 8 && f->accesses[0].size == v->size && v->type &&
           !strpbrk(v->type, "*[{");
}

static void put_it(struct text *t, const struct model_finding *f) {
    if (f->variable.name || f->expression) put_object(t, f);
    else text_put(t, "it");
}

/* The classic of the loop variable: who was started was given the address of what its starter goes on to change. */
static bool reads_local_of_starter(const struct race *r) {
    bool later_started = task_started(r->then, r->now);
    const struct model_task *starter = later_started ? r->then : r->now;
    const struct model_access *started = later_started ? r->later : r->earlier;

    return r->f->memory == FINDING_STACK && r->f->block_task_id == starter->id && starter->id &&
           !(started->kind & (ACCESS_WRITE | ACCESS_ATOMIC)) && started->size <= sizeof(uint64_t);
}

static void advise_copy(struct text *t, const struct race *r) {
    const struct model_task *started = task_started(r->then, r->now) ? r->now : r->then;

    text_put(t, "if ");
    put_task_short(t, started);
    text_put(t, " needs only the value at its start, pass it that");
    put_stack_place(t, &started->created);
    text_put(t, " instead of the address");
    if (r->f->variable.name || r->f->expression) {
        text_put(t, " of ");
        put_object(t, r->f);
    }
    text_put(t, "; else ");
}

void race_advise(struct text *t, const struct race *r) {
    const struct frame *now = stack_place(&r->later->stack), *then = stack_place(&r->earlier->stack);
    bool same_place = now && then && now->file == then->file && now->line == then->line;
    bool one_writes = !(r->later->kind & r->earlier->kind & ACCESS_WRITE);

    if (r->shared) {
        text_put(t, "take ");
        race_put_lock(t, r->shared);
        text_put(t, " for writing (not reading) around the write");
        put_stack_place(t, r->later->kind & ACCESS_WRITE ? &r->later->stack : &r->earlier->stack);
        text_char(t, '.');
    } else if (r->extra_now && r->extra_then) {
        text_put(t, "guard ");
        put_it(t, r->f);
        text_put(t, " by one lock in both places, ");
        race_put_lock(t, r->extra_then);
        text_put(t, " or ");
        race_put_lock(t, r->extra_now);
        text_char(t, '.');
    } else if (r->extra_then) {
        advise_lock(t, r->extra_then, r->later, r->earlier);
    } else if (r->extra_now) {
        advise_lock(t, r->extra_now, r->earlier, r->later);
    } else if ((r->later->kind ^ r->earlier->kind) & ACCESS_ATOMIC) {
        const struct model_access *plain = r->later->kind & ACCESS_ATOMIC ? r->earlier : r->later;
        text_print(t, "make the %s", access_word(plain));
        put_stack_place(t, &plain->stack);
        text_put(t, " atomic, too, or guard both by one lock.");
    } else if (task_started(r->now, r->then)) {
        if (reads_local_of_starter(r)) advise_copy(t, r);
        text_put(t, "let ");
        put_task_short(t, r->now);
        text_put(t, " wait for ");
        put_task_short(t, r->then);
        text_print(t, " before the %s", access_word(r->later));
        put_stack_place(t, &r->later->stack);
        text_put(t, r->then->kind == TASK_THREAD ? ": pthread_join."
                                                 : ": goro_wg_wait, or a receive of what it sends when done.");
    } else if (task_started(r->then, r->now)) {
        if (reads_local_of_starter(r)) advise_copy(t, r);
        text_print(t, "move the %s", access_word(r->earlier));
        put_stack_place(t, &r->earlier->stack);
        text_print(t, " before the %s, or guard both places by one mutex.",
                   r->now->kind == TASK_THREAD ? "thread is started" : "go statement");
    } else if (same_place) {
        text_put(t, "guard ");
        put_it(t, r->f);
        text_put(t, " by one mutex: lock it around ");
        put_place(t, now);
        if (is_lone_number(r->f)) text_put(t, "; for a mere counter or flag, make it _Atomic");
        text_char(t, '.');
    } else if (now && then) {
        text_put(t, "guard ");
        put_it(t, r->f);
        text_put(t, " by one mutex in both places (");
        put_place(t, now);
        text_put(t, " and ");
        put_place(t, then);
        text_print(t, "), or let one tell the other over a channel%s.", one_writes ? " when it has written" : "");
    }
}
