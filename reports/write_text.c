/* The report for a reader at a terminal, in the order in which he asks: what, where, against what, why nothing orders
 * them, where the object came from, who the goroutines are, what to do, how to see it again.
 *
 * Always true
 *  1. Everything that comes from the program (names, paths, source) goes through text_shown: it cannot steer the
 *     terminal.
 *  2. Without verbose a report has at most 30 lines: stacks are kept short (text_stack.c), paragraphs are wrapped. */
#include "reports/left.h"
#include "reports/reduce.h"
#include "reports/story.h"
#include "reports/text_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum paint severity_paint(const struct model_finding *f) {
    return f->severity == FINDING_ERROR ? RED : f->severity == FINDING_WARNING ? YELLOW : CYAN;
}

/* -- the title line ------------------------------------------------------------------------------------------------ */

static void write_title(struct text *out, const struct model_finding *f, const struct run *run) {
    struct text left = {0}, right = {0};

    text_print(&left, "%s ", f->code);
    text_shown(&left, f->title, 200);
    if (f->place.file || f->place.module) {
        struct text place = {0};
        put_place(&place, &f->place);
        text_shown(&right, place.data, 120);
        text_free(&place);
    }
    text_paint(out, run, severity_paint(f));
    text_put(out, left.data);
    text_paint(out, run, PLAIN);
    if (right.length) {
        int gap = run->width - (int)text_width(left.data) - (int)text_width(right.data);
        if (run->quiet || gap < 2) gap = 2;
        text_fill(out, ' ', gap);
        text_put(out, right.data);
    }
    if (run->quiet) text_print(out, "  [%s]", f->id);
    text_char(out, '\n');
    text_free(&left);
    text_free(&right);
}

/* -- paragraphs -------------------------------------------------------------------------------------------------------- */

/* Puts "  Head: text", broken between words at the width, what follows indented. */
static void write_paragraph(struct text *out, const struct run *run, const char *head, const char *text) {
    struct text safe = {0};
    int column;

    text_shown(&safe, text, 4000);
    /* a sentence of its own begins with a capital letter, unless it begins with a name of C's */
    if (safe.length && !strcmp(head, "Why:") && strcspn(safe.data, " ") < strcspn(safe.data, "_("))
        safe.data[0] = (char)toupper((unsigned char)safe.data[0]);
    text_put(out, "  ");
    text_paint(out, run, BOLD);
    text_put(out, head);
    text_paint(out, run, PLAIN);
    column = 2 + (int)text_width(head);
    for (char *at = safe.data; at && *at;) {
        size_t n = strcspn(at, " ");
        char kept = at[n];
        at[n] = 0;
        if (column + 1 + (int)text_width(at) > run->width && column > 4) {
            text_put(out, "\n   ");
            column = 3;
        }
        text_char(out, ' ');
        text_put(out, at);
        column += 1 + (int)text_width(at);
        at[n] = kept;
        at += n + strspn(at + n, " ");
    }
    text_char(out, '\n');
    text_free(&safe);
}

static void put_at(struct text *t, const struct stack *s) {
    const struct frame *f = stack_place(s);

    if (!f) return;
    if (f->function) text_print(t, " in %s (", f->function);
    else text_put(t, " at ");
    put_place(t, f);
    if (f->function) text_char(t, ')');
}

static void write_memory(struct text *out, const struct model_finding *f, const struct run *run) {
    const struct model_task *owner = finding_task_of(f, f->block_task_id);
    struct text t = {0};

    if (f->variable.name && f->variable.file && f->variable.line) {
        text_print(&t, "%s is declared at %s:%u", f->variable.whole, shown_file(f->variable.file), f->variable.line);
        if (f->memory == FINDING_STACK_LEFT) text_put(&t, ", a local variable of "), left_put_function(&t, f);
        else if (f->variable.function) text_print(&t, ", static in %s", f->variable.function);
    } else if (f->part_count && f->parts[0].made.count) {
        text_print(&t, "the %s was made", object_kind_name(f->parts[0].kind));
        put_at(&t, &f->parts[0].made);
    } else if (f->object_kind && f->block_stack.count) {
        text_print(&t, "the %s was made", object_kind_name(f->object_kind));
        put_at(&t, &f->block_stack);
        if (owner) text_put(&t, " by "), put_task_short(&t, owner);
    } else if (f->memory == FINDING_HEAP || f->memory == FINDING_HEAP_FREED) {
        uint64_t offset = f->access_count ? f->accesses[0].address - f->block : 0;
        if (f->block_size && offset < f->block_size)
            text_print(&t, "byte %llu of %llu", (unsigned long long)offset, (unsigned long long)f->block_size);
        if (f->block_stack.count) {
            text_put(&t, t.length ? ", allocated" : "allocated");
            put_at(&t, &f->block_stack);
            if (owner) text_put(&t, " by "), put_task_short(&t, owner);
        }
        if (f->freed_stack.count) {
            text_put(&t, t.length ? ", freed" : "freed");
            put_at(&t, &f->freed_stack);
        }
    } else if (f->memory == FINDING_STACK || f->memory == FINDING_STACK_DEAD) {
        text_put(&t, "a local variable of ");
        if (owner) put_task(&t, owner);
        else text_put(&t, "another goroutine");
        if (f->memory == FINDING_STACK_DEAD) text_put(&t, ", which has ended");
    } else if (f->memory == FINDING_STACK_LEFT) {
        text_put(&t, "on the stack, in the frame of ");
        left_put_function(&t, f);
    }
    if (t.length) {
        text_char(&t, '.');
        write_paragraph(out, run, "Memory:", t.data);
    }
    text_free(&t);
}

/* Of the first process the reader knows; another one has to be named. */
static void write_process(struct text *out, const struct model_finding *f, const struct run *run) {
    const struct process *p = f->process;
    struct text t = {0};

    if (!p->older) return;
    text_put(&t, p->program ? shown_file(p->program) : "an unknown program");
    if (!report_style.stable) text_print(&t, ", pid %u", p->pid);
    if (p->parent) text_print(&t, ", forked from %s", p->parent->program ? shown_file(p->parent->program) : "another");
    if (p->parent && !report_style.stable) text_print(&t, ", pid %u", p->parent->pid);
    text_char(&t, '.');
    write_paragraph(out, run, "Process:", t.data);
    text_free(&t);
}

static bool is_same_place(const struct stack *a, const struct stack *b) {
    const struct frame *x = stack_place(a), *y = stack_place(b);

    return x && y && x->file == y->file && x->line == y->line && x->line;
}

/* Is the task worth a word: one of the accesses is its own, or the memory is? */
static bool is_involved(const struct model_finding *f, size_t i) {
    if (!f->tasks[i].created.count) return false;
    if (f->access_count != 2 || f->tasks[i].id == f->block_task_id) return true;
    return f->accesses[0].task == i || f->accesses[1].task == i;
}

static void write_tasks(struct text *out, const struct model_finding *f, const struct run *run) {
    bool told[FINDING_TASKS_MAX] = {0};
    struct text t = {0};

    for (size_t i = 0; i < f->task_count; i++) {
        const struct model_task *task = &f->tasks[i], *parent = finding_parent_of(f, task);
        struct text others = {0};
        if (told[i] || !is_involved(f, i)) continue;
        for (size_t j = i + 1; j < f->task_count; j++) { /* started at the same place: one clause for all */
            const struct model_task *other = &f->tasks[j];
            if (told[j] || !is_involved(f, j) || other->kind != task->kind || other->parent_id != task->parent_id ||
                other->parent_thread != task->parent_thread || !is_same_place(&task->created, &other->created))
                continue;
            text_print(&others, " and %llu", (unsigned long long)other->id);
            told[j] = true;
        }
        text_print(&t, "%s%s%s %llu", t.length ? "; " : "", task->kind == TASK_THREAD ? "thread" : "goroutine",
                   others.length ? "s" : "", (unsigned long long)task->id);
        text_print(&t, "%s %s started", others.length ? others.data : "", others.length ? "were" : "was");
        text_free(&others);
        put_at(&t, &task->created);
        if (parent && parent->kind != TASK_MAIN) text_put(&t, " by "), put_task_short(&t, parent);
    }
    if (t.length) {
        text_char(&t, '.');
        write_paragraph(out, run, "Started:", t.data);
    }
    text_free(&t);
}

/* -- accesses -------------------------------------------------------------------------------------------------------------- */

/* "ATOMIC WRITE" */
static void put_access_word(struct text *t, const struct model_access *a) {
    if (a->kind & ACCESS_ATOMIC) text_put(t, "ATOMIC ");
    for (const char *at = access_word(a); *at; at++) text_char(t, (char)toupper((unsigned char)*at));
}

/* Without verbose two are enough for one line: those taken last. */
static void put_held(struct text *t, const struct model_access *a, bool verbose) {
    size_t shown = a->lock_count > 3 && !verbose ? 2 : a->lock_count;

    text_put(t, a->lock_count ? ", holding " : ", holding no lock");
    for (size_t i = 0; i < shown; i++) {
        if (i) text_put(t, shown < a->lock_count ? ", " : " and ");
        put_lock(t, &a->locks[i]);
    }
    if (shown < a->lock_count) text_print(t, " and %zu more locks", a->lock_count - shown);
}

static void write_access(struct text *out, const struct model_finding *f, size_t i, const struct run *run) {
    const struct model_access *a = &f->accesses[i];
    const struct model_task *task = &f->tasks[a->task];
    const struct frame *beside = stack_place(&a->stack), *first = stack_place(&f->accesses[0].stack);
    struct text t = {0};

    text_put(out, "  ");
    text_paint(out, run, BOLD);
    if (finding_is_pair(f)) put_access_word(out, a);
    else text_put(out, "HERE");
    text_paint(out, run, PLAIN);
    if (finding_is_pair(f)) text_put(out, i == 0 ? " now" : " earlier");
    if (finding_is_pair(f) && a->size != f->accesses[0].size && !(a->kind & (ACCESS_MARK | ACCESS_LEFT)))
        text_print(&t, " (%llu byte%s)", (unsigned long long)a->size, a->size == 1 ? "" : "s");
    if (task->id) {
        text_put(&t, finding_is_pair(f) ? ", by " : ", in ");
        put_task(&t, task);
        if (i > 0 && task->state == FINDING_ENDED) text_ended(&t);
    }
    if (finding_is_pair(f) || a->lock_count) put_held(&t, a, run->verbose);
    if (t.data) text_shown(out, t.data, 400);
    text_char(out, '\n');
    text_free(&t);
    /* the same line twice tells nothing new */
    if (i > 0 && beside && first && beside->file == first->file && beside->line == first->line) beside = NULL;
    if (a->stack.count) text_stack(out, &a->stack, run, beside);
    else text_put(out, "      (no stack is known)\n");
}

/* -- parts: who waits, holds, added (text_part.c) ------------------------------------------------------------------------------ */

/* Without verbose the first few are enough to read; the other formats have them all. */
static void write_parts(struct text *out, const struct model_finding *f, const struct run *run) {
    enum { SHOWN = 12 };
    uint64_t more = f->parts_omitted;

    for (size_t i = 0; i < f->part_count; i++) {
        if (i < SHOWN || run->verbose) text_part(out, f, &f->parts[i], i == 0, run);
        else more++;
    }
    if (more) text_print(out, "  ... and %llu more\n", (unsigned long long)more);
}

/* A merged finding: how many of the runs met it. */
static void write_runs(struct text *out, const struct model_finding *f, const struct run *run) {
    struct text t = {0};

    if (!f->runs) return;
    text_print(&t, "in %u run%s.", f->runs, f->runs == 1 ? "" : "s");
    write_paragraph(out, run, "Found:", t.data);
    text_free(&t);
}

/* "with 1 preemption and 2 other choices" */
static void put_decisions(struct text *t, const struct reduced *r) {
    uint32_t others = r->decisions - r->preemptions;

    if (!r->decisions) text_put(t, "each goroutine running until it waits");
    if (r->preemptions) text_print(t, "with %u preemption%s", r->preemptions, r->preemptions == 1 ? "" : "s");
    if (others) {
        text_print(t, r->preemptions ? " and %u other choice%s" : "with %u choice%s", others, others == 1 ? "" : "s");
        if (!r->preemptions) text_put(t, " of who runs next");
    }
    if (r->before > r->decisions) text_print(t, " (%u in the schedule that showed it)", r->before);
}

/* The steps; without verbose the last ones. */
static void write_story(struct text *out, const struct model_finding *f, const struct run *run) {
    enum { SHOWN = 12 };
    const struct story *s = f->reduced ? f->reduced->story : NULL;
    size_t first = s && s->count > SHOWN && !run->verbose ? s->count - SHOWN : 0;
    struct text head = {0};

    if (!s) return;
    put_decisions(&head, f->reduced);
    text_char(&head, ':');
    write_paragraph(out, run, "How it comes about,", head.data);
    if (s->omitted + first)
        text_print(out, "     ... behind %llu more steps\n", (unsigned long long)(s->omitted + first));
    for (size_t i = first; i < s->count; i++) {
        struct text line = {0};
        text_print(&line, "%s%s%s%s", s->steps[i].text, s->steps[i].place ? " (" : "",
                   s->steps[i].place ? s->steps[i].place : "", s->steps[i].place ? ")" : "");
        text_print(out, "    %2llu. ", (unsigned long long)(s->omitted + i + 1));
        text_shown(out, line.data, 200);
        text_char(out, '\n');
        text_free(&line);
    }
    text_free(&head);
}

/* -- the end of a report --------------------------------------------------------------------------------------------------- */

static void write_again(struct text *out, const struct model_finding *f, const struct run *run) {
    const char *again = run->again ? run->again : f->again;
    struct text path = {0};

    if (!again && f->process->program) { /* a program that was run without goro-race */
        const char *program = shown_file(f->process->program);
        text_print(&path, "%s%s", strchr(program, '/') ? "" : "./", program);
        again = path.data;
    }
    text_put(out, "  ");
    text_paint(out, run, DIM);
    if (f->reduced) {
        text_put(out, "Again: ");
        text_shown(out, f->reduced->command, 400);
        text_put(out, "    ");
    } else if (again && run->parallel) {
        text_put(out, "Again: ");
        text_shown(out, again, 400);
        text_put(out, " (by chance: --parallel has no seed)    ");
    } else if (again && f->process->seeded) {
        text_print(out, "Again: goro-race --seed %llu ", (unsigned long long)f->process->seed);
        text_shown(out, again, 400);
        text_put(out, "    ");
    }
    text_print(out, "More: goro-race explain %s    Id: %s", f->code, f->id);
    text_paint(out, run, PLAIN);
    text_char(out, '\n');
    text_free(&path);
}

/* Modules of shown frames whose names could be better, each once in a report. */
static void write_troubles(struct text *out, const struct model_finding *f, const struct run *run) {
    const char *told[4] = {0};
    size_t n = 0;

    for (size_t i = 0; i < f->access_count; i++) {
        const struct frame *frame = stack_place(&f->accesses[i].stack);
        const char *trouble = frame && frame->module && !frame->line ? symbols_trouble(frame->module) : NULL;
        struct text t = {0};
        if (!trouble || (n && told[n - 1] == frame->module)) continue;
        told[n++] = frame->module;
        text_print(&t, "%s: %s.", shown_file(frame->module), trouble);
        write_paragraph(out, run, "Note:", t.data);
        text_free(&t);
    }
}

void write_text(struct text *out, const struct model_finding *f, const struct run *run) {
    write_title(out, f, run);
    if (run->quiet) return;
    text_char(out, '\n');
    for (size_t i = 0; i < f->access_count; i++)
        if (finding_is_pair(f) || stack_place(&f->accesses[i].stack)) write_access(out, f, i, run);
    write_parts(out, f, run);
    if (out->length > 1 && out->data[out->length - 2] != '\n') text_char(out, '\n');
    text_cycle(out, f, run);
    if (f->why) write_paragraph(out, run, f->unordered ? "Nothing orders them:" : "Why:", f->why);
    write_story(out, f, run);
    write_memory(out, f, run);
    write_tasks(out, f, run);
    write_process(out, f, run);
    write_runs(out, f, run);
    if (f->fix && *f->fix) write_paragraph(out, run, "Try:", f->fix);
    write_troubles(out, f, run);
    write_again(out, f, run);
    text_char(out, '\n');
}
