/* A pointer to a local variable is with another goroutine or thread when the function returns: as a freed block, but the
 * function need only wait, or the variable live elsewhere. */
#include "reports/left.h"
#include "reports/race.h"
#include "reports/words.h"

const struct model_access *left_return(const struct model_finding *f) {
    return &f->accesses[f->accesses[0].kind & ACCESS_LEFT ? 0 : 1];
}
const struct model_access *left_use(const struct model_finding *f) {
    return &f->accesses[f->accesses[0].kind & ACCESS_LEFT ? 1 : 0];
}

void left_name(struct model_finding *f) {
    const struct model_access *use = left_use(f);
    const struct stack *left = &left_return(f)->stack;
    struct frame_place at = {use->address, use->size, f->block, f->block + f->block_size};

    if (f->access_count == 2 && left->count && f->block_size)
        symbols_local(f->process, left->frames[0].pc, &at, &f->variable);
}

/* The function itself; where its code was put into another, that one: its frame it is. */
static const struct frame *function_of(const struct model_finding *f) {
    const struct stack *s = &left_return(f)->stack;

    for (size_t i = 0; i < s->count; i++)
        if (!s->frames[i].inlined) return &s->frames[i];
    return NULL;
}

void left_put_function(struct text *t, const struct model_finding *f) {
    const struct frame *function = function_of(f);

    if (f->variable.function) text_put(t, f->variable.function);
    else text_put(t, function && function->function ? function->function : "the function");
}

static void put_it(struct text *t, const struct model_finding *f) {
    if (f->variable.whole) text_put(t, f->variable.whole);
    else text_put(t, "what it pointed to");
}

/* " at a.c:7" */
static void put_return_place(struct text *t, const struct model_finding *f) {
    const struct frame *place = stack_place(&left_return(f)->stack);

    if (!place) return;
    text_put(t, " at ");
    put_place(t, place);
}

static void tell_early(struct text *t, const struct model_finding *f) {
    text_put(t, "this access came after ");
    left_put_function(t, f);
    text_put(t, " had returned");
    put_return_place(t, f);
    text_put(t, ": ");
    put_it(t, f);
    text_put(t, " was one of its local variables and is gone; what lies there may belong to any later call.");
}

static void tell_late(struct text *t, const struct model_finding *f, const struct race *r) {
    race_tell_clocks(t, r);
    put_clause(t);
    left_put_function(t, f);
    text_put(t, " might as well have returned first: ");
    put_it(t, f);
    text_put(
        t,
        " is one of its local variables and ends there, and the other access would have hit what a later call has put "
        "in its place.");
}

static void advise(struct text *t, const struct model_finding *f) {
    const struct model_task *user = &f->tasks[left_use(f)->task];

    text_put(t, "let ");
    left_put_function(t, f);
    text_put(t, " wait for ");
    put_task_short(t, user);
    text_put(t, " before it returns (");
    text_put(t, user->kind == TASK_THREAD ? "pthread_join" : "goro_wg_wait, or a receive of what it sends when done");
    text_put(t,
             "), or give it memory that lives longer: from malloc, freed by the last user, a static variable, or the "
             "value itself.");
}

void left_explain(struct model_finding *f, struct text *why, struct text *fix) {
    struct race r = race_gather(f);

    f->unordered = left_return(f) == r.later;
    if (f->unordered) tell_late(why, f, &r);
    else tell_early(why, f);
    advise(fix, f);
}
