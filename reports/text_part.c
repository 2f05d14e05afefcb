/* A part of a finding, or of a picture, in the text report: who waits, holds, added, with the stack. */
#include "reports/text_parts.h"

/* `goroutine 2 (worker)` becomes `goroutine 2 (worker, ended)`. */
void text_ended(struct text *t) {
    if (t->data[t->length - 1] == ')') t->data[--t->length] = 0, text_put(t, ", ended)");
    else text_put(t, " (ended)");
}

/* "mu (race.c:4)", "the channel done", "2 channels of a select", "nothing" */
static void put_part_object(struct text *t, const struct model_part *p) {
    if (p->cases > 1) {
        text_print(t, "%llu cases of a select", (unsigned long long)p->cases);
    } else if (!p->object && p->kind == FINDING_CHAN) {
        text_put(t, "a NULL channel");
    } else if (!p->kind || (!p->object && p->kind == FINDING_SELECT)) {
        text_put(t, p->kind ? "a select without cases" : "nothing (goro_exit)");
    } else if (p->kind == FINDING_SLEEP || p->kind == FINDING_IO) {
        text_put(t, object_kind_name(p->kind));
    } else {
        text_print(t, "the %s", object_kind_name(p->kind));
        if (p->variable.name || p->expression)
            text_print(t, " %s", p->variable.name ? p->variable.name : p->expression);
        if (p->variable.name && p->variable.file && p->variable.line)
            text_print(t, " (%s:%u)", shown_file(p->variable.file), p->variable.line);
    }
}

static void put_part_head(struct text *t, const struct model_finding *f, const struct model_part *p,
                          const struct run *run) {
    if (p->task != NO_TASK && f->tasks[p->task].id) {
        text_put(t, p->role == FINDING_STARTS || p->role == FINDING_FREES ? ", by " : " ");
        put_task(t, &f->tasks[p->task]);
    }
    if (p->role == FINDING_WAITS && p->count > 1) text_print(t, " and %llu like it", (unsigned long long)p->count - 1);
    if (p->role != FINDING_WAITS && p->task != NO_TASK && f->tasks[p->task].state == FINDING_ENDED &&
        f->tasks[p->task].id)
        text_ended(t);
    if (p->role == FINDING_RUNS) {
        if (p->count > 1) text_print(t, " and %llu like it", (unsigned long long)p->count - 1);
        text_put(t, stack_place(&p->stack) ? ", in what is called here" : ", in its first function");
    } else if (p->role == FINDING_WAITS || p->role == FINDING_HOLDS || p->role == FINDING_ASKS) {
        text_put(t, p->role == FINDING_WAITS ? ", for " : ", ");
        put_part_object(t, p);
    } else if (p->count > 1 || p->role != FINDING_FREES) {
        text_print(t, " %llu time%s", (unsigned long long)p->count, p->count == 1 ? "" : "s");
    }
    if (p->role != FINDING_WAITS) return;
    if (p->forever) text_put(t, ", blocked for ever");
    if (report_style.stable) return;
    if (p->waited_ns >= 1000000000) text_print(t, ", since %llu s", (unsigned long long)p->waited_ns / 1000000000);
    else if (run->verbose || run->picture) text_print(t, ", since %llu ms", (unsigned long long)p->waited_ns / 1000000);
}

static void write_held(struct text *out, const struct model_part *p) {
    for (size_t i = 0; i < p->lock_count; i++) {
        const struct frame *taken = stack_place(&p->locks[i].taken);
        struct text t = {0};
        put_lock(&t, &p->locks[i]);
        if (taken && p->locks[i].variable.name) text_put(&t, ", locked at "), put_place(&t, taken);
        text_put(out, "      holding ");
        text_shown(out, t.data, 200);
        text_char(out, '\n');
        text_free(&t);
    }
}

/* Who used a channel is a line: its stack is one of many, and for --verbose; but for a close before a misuse. */
static bool shows_stack(const struct model_finding *f, const struct run *run) {
    return run->verbose || f->access_count;
}

static void put_use(struct text *t, const struct model_finding *f, const struct model_part *p) {
    static const char *const words[] = {"SENT on", "RECEIVED from", "CLOSED", "TRIED to send on", "TRIED to receive from"};
    const struct frame *at = stack_place(&p->stack);

    if (p->task == NO_TASK || !f->tasks[p->task].id) {
        text_print(t, "... and %llu more operations of that kind", (unsigned long long)p->count);
        return;
    }
    text_print(t, "%s ", words[p->role - FINDING_SENT]);
    put_part_object(t, p);
    text_put(t, " by ");
    put_task(t, &f->tasks[p->task]);
    if (f->tasks[p->task].state == FINDING_ENDED) text_ended(t);
    if (p->role != FINDING_CLOSED)
        text_print(t, ", %llu time%s", (unsigned long long)p->count, p->count == 1 ? "" : "s");
    if (at && !f->access_count) text_put(t, ", at "), put_place(t, at);
    at = f->tasks[p->task].state == FINDING_BLOCKED ? stack_place(&f->tasks[p->task].now) : NULL;
    if (at) text_put(t, "; it waits at "), put_place(t, at);
}

/* Who has not called Done; or where all have. */
static void put_undone(struct text *t, const struct model_finding *f, const struct model_part *p) {
    const struct model_task *task = p->task == NO_TASK || !f->tasks[p->task].id ? NULL : &f->tasks[p->task];
    const struct frame *now = task ? stack_place(&task->now) : NULL;

    if (!task) {
        if (p->started == 1) text_put(t, "DONE by the one that was started");
        else text_print(t, "DONE by all %llu that were started", (unsigned long long)p->started);
        put_stack_place(t, &p->stack);
        return;
    }
    text_put(t, "NOT DONE by ");
    put_task(t, task);
    if (task->state == FINDING_ENDED) text_ended(t);
    if (p->count > 1) text_print(t, " and %llu like it", (unsigned long long)p->count - 1);
    if (p->started > 1) text_print(t, ", of %llu that were started there", (unsigned long long)p->started);
    if (task->state == FINDING_BLOCKED && now) text_put(t, "; it waits at "), put_place(t, now);
}

static void text_use(struct text *out, const struct model_finding *f, const struct model_part *p,
                     const struct run *run) {
    struct text t = {0};

    if (part_is_use(p)) put_use(&t, f, p);
    else put_undone(&t, f, p);
    text_put(out, "  ");
    text_shown(out, t.data, 400);
    text_char(out, '\n');
    text_free(&t);
    if (shows_stack(f, run) && p->stack.count)
        text_stack(out, &p->stack, run, f->access_count ? stack_place(&p->stack) : NULL);
}

void text_part(struct text *out, const struct model_finding *f, const struct model_part *p, bool source,
               const struct run *run) {
    static const char *const heads[] = {"WAITS:", "HELD by", "ADDED", "DONE", "STARTED", "FREED", "LOCKS", "RUNS:"};
    struct text t = {0};

    if (part_is_use(p) || p->role == FINDING_UNDONE) {
        text_use(out, f, p, run);
        return;
    }
    text_put(out, "  ");
    text_paint(out, run, BOLD);
    text_put(out, heads[p->role]);
    text_paint(out, run, PLAIN);
    put_part_head(&t, f, p, run);
    text_shown(out, t.data, 400);
    text_char(out, '\n');
    text_free(&t);
    if (p->stack.count && (p->role != FINDING_RUNS || stack_place(&p->stack)))
        text_stack(out, &p->stack, run, source ? stack_place(&p->stack) : NULL);
    if (p->role == FINDING_WAITS || p->role == FINDING_ASKS || p->role == FINDING_RUNS) write_held(out, p);
}
