/* The report for a reader at a terminal, in the order in which he asks: what, where, against what, why nothing orders
 * them, where the object came from, who the goroutines are, what to do, how to see it again.
 *
 * Always true
 *  1. Everything that comes from the program (names, paths, source) goes through text_shown: it cannot steer the
 *     terminal.
 *  2. Without verbose a report has at most 30 lines: a stack shows at most STACK_LINES of the user's frames, and
 *     a paragraph is wrapped. */
#include "reports/writers.h"
#include "reports/source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_LINES = 7, NAME_COLUMNS = 28, PLACE_COLUMNS = 32 };

enum paint { PLAIN, BOLD, RED, YELLOW, CYAN, GREEN, DIM };

static void paint(struct text *t, const struct run *run, enum paint p) {
    static const char *const codes[] = {"\033[0m",    "\033[1m",  "\033[1;31m", "\033[1;33m",
                                        "\033[1;36m", "\033[32m", "\033[2m"};

    if (run->color) text_put(t, codes[p]);
}

static enum paint severity_paint(const struct model_finding *f) {
    return f->severity == FINDING_ERROR ? RED : f->severity == FINDING_WARNING ? YELLOW : CYAN;
}

/* A text whose parts are known to be safe or have been made so; how wide it is. */
static size_t width_of(const char *s) {
    size_t n = 0;

    for (; *s; s++) n += (*s & 0xc0) != 0x80;
    return n;
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
    paint(out, run, severity_paint(f));
    text_put(out, left.data);
    paint(out, run, PLAIN);
    if (right.length) {
        int gap = run->width - (int)width_of(left.data) - (int)width_of(right.data);
        if (run->quiet || gap < 2) gap = 2;
        text_fill(out, ' ', gap);
        text_put(out, right.data);
    }
    if (run->quiet) text_print(out, "  [%s]", f->id);
    text_char(out, '\n');
    text_free(&left);
    text_free(&right);
}

/* -- stacks with the source beside them ------------------------------------------------------------------------------ */

/* A source line fit for a terminal: indentation dropped, tabs opened, and the column under which the caret goes. */
struct excerpt {
    struct text line;
    int caret; /* -1: none */
    unsigned number;
};

/* Puts the line; if it is too long, rather without the comment at its end. */
static void put_line(struct text *t, const char *line, size_t room) {
    const char *comment = strstr(line, "//");
    char *code = strdup(line);

    if (code && comment && strlen(line) > room) code[comment - line] = 0;
    for (size_t n = code ? strlen(code) : 0; n && (code[n - 1] == ' ' || code[n - 1] == '\t');) code[--n] = 0;
    text_shown(t, code ? code : line, room);
    free(code);
}

static struct excerpt make_excerpt(const struct frame *f, int room) {
    struct excerpt e = {.caret = -1, .number = f->line};
    const char *source = source_line(f->file, f->line);
    size_t at = 0, skipped;

    if (!source || room < 20) return e;
    at = strspn(source, " \t");
    if (!source[at]) return e;
    /* a column far to the right: drop what would push it out */
    skipped = at;
    if (f->column && f->column > at + (size_t)room - 10) skipped = f->column - (size_t)room / 2;
    while (skipped > at && ((unsigned char)source[skipped] & 0xc0) == 0x80) skipped--;
    if (skipped > at) text_put(&e.line, "...");
    if (f->column && f->column - 1 >= skipped && f->column <= strlen(source)) {
        char *head = strndup(source + skipped, f->column - 1 - skipped);
        struct text shown = {0};
        if (head) text_shown(&shown, head, 1000);
        e.caret = (int)(width_of(shown.data ? shown.data : "") + e.line.length);
        free(head);
        text_free(&shown);
    }
    put_line(&e.line, source + skipped, (size_t)room - 3 - e.line.length);
    if (e.caret > (int)width_of(e.line.data)) e.caret = -1;
    return e;
}

static void put_frame_name(struct text *t, const struct frame *f) {
    text_shown(t, f->function ? f->function : "?", NAME_COLUMNS - 3);
}

static void put_frame_place(struct text *t, const struct frame *f) {
    struct text place = {0};
    size_t n;

    put_place(&place, f);
    n = width_of(place.data);
    if (n > PLACE_COLUMNS) { /* the end of a path says more than its start */
        text_put(t, "...");
        text_shown(t, place.data + place.length - (PLACE_COLUMNS - 3), PLACE_COLUMNS);
    } else {
        text_shown(t, place.data, PLACE_COLUMNS);
    }
    if (f->inlined) text_put(t, " (inlined)");
    text_free(&place);
}

/* Which frames are shown: the user's, a recursion once, the innermost ones and the last if there are too many. */
struct shown {
    const struct frame *frame; /* NULL: a line that says how many are left out */
    uint64_t hidden;
    bool again; /* ... which are the frame before, called by itself */
};

static bool is_same_call(const struct frame *a, const struct frame *b) {
    return a->function && a->function == b->function && a->file == b->file && a->line == b->line && a->line;
}

/* The frames of a kind in one line each, repetitions folded. */
static size_t fold_frames(const struct stack *s, const struct run *run, bool ours_too, struct shown *out) {
    const struct frame *last = NULL;
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        if (s->omitted && i == s->omitted_at) out[n++] = (struct shown){.hidden = s->omitted}, last = NULL;
        if (f->ours && !ours_too) continue;
        if (last && is_same_call(last, f) && !run->verbose) {
            if (out[n - 1].frame) out[n++] = (struct shown){.again = true};
            out[n - 1].hidden++;
            continue;
        }
        out[n++] = (struct shown){.frame = last = f};
    }
    return n;
}

static size_t choose_frames(const struct stack *s, const struct run *run, struct shown *out) {
    size_t n = fold_frames(s, run, run->verbose, out);

    if (!n) n = fold_frames(s, run, true, out); /* nothing of the user's: better the runtime's than nothing */
    if (n > STACK_LINES && !run->verbose) {
        size_t dropped = n - STACK_LINES + 1;
        out[STACK_LINES - 2] = (struct shown){.hidden = dropped};
        out[STACK_LINES - 1] = out[n - 1];
        n = STACK_LINES;
    }
    return n;
}

static void write_address(struct text *out, const struct frame *f) {
    if (report_style.stable) return;
    text_print(out, "  0x%llx", (unsigned long long)f->pc);
    if (!f->module) return;
    text_put(out, " = ");
    text_shown(out, shown_file(f->module), 200);
    text_print(out, "+0x%llx", (unsigned long long)f->offset);
}

/* `beside` is shown right of the first two lines. */
static void write_stack(struct text *out, const struct stack *s, const struct run *run,
                        const struct frame *beside) {
    struct shown *lines = memory_new((2 * s->count + 4) * sizeof *lines);
    struct excerpt e = {.caret = -1};
    size_t n = choose_frames(s, run, lines), names = 0, places = 0;
    bool below; /* no room beside the frames */
    int indent;

    for (size_t i = 0; i < n; i++) {
        struct text name = {0}, place = {0};
        if (!lines[i].frame) continue;
        put_frame_name(&name, lines[i].frame);
        put_frame_place(&place, lines[i].frame);
        if (width_of(name.data) > names) names = width_of(name.data);
        if (i < 2 && width_of(place.data) > places)
            places = width_of(place.data); /* the source is beside these */
        text_free(&name);
        text_free(&place);
    }
    indent = 6 + (int)names + 3 + (int)places + 3;
    below = run->verbose || run->width - indent - 8 < 36;
    if (beside) e = make_excerpt(beside, run->width - (below ? 10 : indent) - 8);
    for (size_t i = 0; i < n || (i == 1 && !below && e.line.data && e.caret >= 0); i++) {
        size_t start = out->length;
        text_put(out, "      ");
        if (i < n && !lines[i].frame) {
            text_print(out, "... %llu more%s", (unsigned long long)lines[i].hidden,
                       !lines[i].again        ? ""
                       : lines[i].hidden == 1 ? " call of itself"
                                              : " calls of itself");
        } else if (i < n) {
            size_t from = out->length;
            put_frame_name(out, lines[i].frame);
            text_fill(out, ' ', (int)names + 3 - (int)width_of(out->data + from));
            put_frame_place(out, lines[i].frame);
            if (run->verbose) write_address(out, lines[i].frame);
        }
        if (i == 0 && e.line.data && below) {
            text_char(out, '\n');
            start = out->length;
        }
        if (i == 0 && e.line.data) {
            text_fill(out, ' ', (below ? 10 : indent) - (int)width_of(out->data + start));
            text_print(out, "%5u | ", e.number);
            text_put(out, e.line.data);
        }
        if (i == 0 && e.caret >= 0 && below) {
            text_char(out, '\n');
            start = out->length;
        }
        if (i == !below && e.line.data && e.caret >= 0) {
            text_fill(out, ' ', (below ? 10 : indent) + 8 + e.caret - (int)width_of(out->data + start));
            paint(out, run, GREEN);
            text_char(out, '^');
            paint(out, run, PLAIN);
        }
        while (out->length && out->data[out->length - 1] == ' ') out->data[--out->length] = 0;
        text_char(out, '\n');
    }
    text_free(&e.line);
    free(lines);
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
    paint(out, run, BOLD);
    text_put(out, head);
    paint(out, run, PLAIN);
    column = 2 + (int)width_of(head);
    for (char *at = safe.data; at && *at;) {
        size_t n = strcspn(at, " ");
        char kept = at[n];
        at[n] = 0;
        if (column + 1 + (int)width_of(at) > run->width && column > 4) {
            text_put(out, "\n   ");
            column = 3;
        }
        text_char(out, ' ');
        text_put(out, at);
        column += 1 + (int)width_of(at);
        at[n] = kept;
        at += n + strspn(at + n, " ");
    }
    text_char(out, '\n');
    text_free(&safe);
}

static void put_at(struct text *t, const struct stack *s) {
    const struct frame *f = stack_place(s);

    if (!f) return;
    if (f->function)
        text_print(t, " in %s (", f->function);
    else
        text_put(t, " at ");
    put_place(t, f);
    if (f->function) text_char(t, ')');
}

static void write_memory(struct text *out, const struct model_finding *f, const struct run *run) {
    const struct model_task *owner = find_task(f, f->block_task_id);
    struct text t = {0};

    if (f->variable.name && f->variable.file && f->variable.line) {
        text_print(&t, "%s is declared at %s:%u", f->variable.whole, shown_file(f->variable.file),
                   f->variable.line);
        if (f->variable.function) text_print(&t, ", static in %s", f->variable.function);
    } else if (f->object_kind && f->block_stack.count) {
        text_print(&t, "the %s was made", object_kind_name(f->object_kind));
        put_at(&t, &f->block_stack);
        if (owner) text_put(&t, " by "), put_task_short(&t, owner);
    } else if (f->memory == FINDING_HEAP || f->memory == FINDING_HEAP_FREED) {
        uint64_t offset = f->access_count ? f->accesses[0].address - f->block : 0;
        if (f->block_size && offset < f->block_size)
            text_print(&t, "byte %llu of %llu", (unsigned long long)offset,
                       (unsigned long long)f->block_size);
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
        if (owner)
            put_task(&t, owner);
        else
            text_put(&t, "another goroutine");
        if (f->memory == FINDING_STACK_DEAD) text_put(&t, ", which has ended");
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
    if (p->parent)
        text_print(&t, ", forked from %s", p->parent->program ? shown_file(p->parent->program) : "another");
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
        const struct model_task *task = &f->tasks[i], *parent = find_task(f, task->parent_id);
        struct text others = {0};
        if (told[i] || !is_involved(f, i)) continue;
        for (size_t j = i + 1; j < f->task_count; j++) { /* started at the same place: one clause for all */
            const struct model_task *other = &f->tasks[j];
            if (told[j] || !is_involved(f, j) || other->kind != task->kind ||
                other->parent_id != task->parent_id || !is_same_place(&task->created, &other->created))
                continue;
            text_print(&others, " and %llu", (unsigned long long)other->id);
            told[j] = true;
        }
        text_print(&t, "%s%s%s %llu", t.length ? "; " : "",
                   task->kind == TASK_THREAD ? "thread" : "goroutine", others.length ? "s" : "",
                   (unsigned long long)task->id);
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

static const char *access_name(const struct model_access *a) {
    if (a->kind & ACCESS_FREE) return "FREE";
    if (a->kind & ACCESS_MARK) return a->kind & ACCESS_WRITE ? "CLOSE" : "SEND";
    if (a->kind & ACCESS_ATOMIC) return a->kind & ACCESS_WRITE ? "ATOMIC WRITE" : "ATOMIC READ";
    return a->kind & ACCESS_WRITE ? "WRITE" : "READ";
}

static void put_held(struct text *t, const struct model_access *a) {
    text_put(t, a->lock_count ? ", holding " : ", holding no lock");
    for (size_t i = 0; i < a->lock_count; i++) {
        if (i) text_put(t, " and ");
        put_lock(t, &a->locks[i]);
    }
}

/* `goroutine 2 (worker)` becomes `goroutine 2 (worker, ended)`. */
static void put_ended(struct text *t) {
    if (t->data[t->length - 1] == ')')
        t->data[--t->length] = 0, text_put(t, ", ended)");
    else
        text_put(t, " (ended)");
}

static void write_access(struct text *out, const struct model_finding *f, size_t i, const struct run *run) {
    const struct model_access *a = &f->accesses[i];
    const struct model_task *task = &f->tasks[a->task];
    const struct frame *beside = stack_place(&a->stack), *first = stack_place(&f->accesses[0].stack);
    struct text t = {0};

    text_put(out, "  ");
    paint(out, run, BOLD);
    text_put(out, is_pair(f) ? access_name(a) : "HERE");
    paint(out, run, PLAIN);
    if (is_pair(f)) text_put(out, i == 0 ? " now" : " earlier");
    if (is_pair(f) && a->size != f->accesses[0].size)
        text_print(&t, " (%llu byte%s)", (unsigned long long)a->size, a->size == 1 ? "" : "s");
    if (task->id) {
        text_put(&t, is_pair(f) ? ", by " : ", in ");
        put_task(&t, task);
        if (i > 0 && task->state == FINDING_ENDED) put_ended(&t);
    }
    if (is_pair(f) || a->lock_count) put_held(&t, a);
    if (t.data) text_shown(out, t.data, 400);
    text_char(out, '\n');
    text_free(&t);
    /* the same line twice tells nothing new */
    if (i > 0 && beside && first && beside->file == first->file && beside->line == first->line) beside = NULL;
    if (a->stack.count)
        write_stack(out, &a->stack, run, beside);
    else
        text_put(out, "      (no stack is known)\n");
}

/* -- the end of a report --------------------------------------------------------------------------------------------------- */

static void write_again(struct text *out, const struct model_finding *f, const struct run *run) {
    const char *again = run->again;
    struct text path = {0};

    if (!again && f->process->program) { /* a program that was run without goro-race */
        const char *program = shown_file(f->process->program);
        text_print(&path, "%s%s", strchr(program, '/') ? "" : "./", program);
        again = path.data;
    }
    text_put(out, "  ");
    paint(out, run, DIM);
    if (again && run->parallel) {
        text_put(out, "Again: ");
        text_shown(out, again, 400);
        text_put(out, " (by chance: --parallel has no seed)    ");
    } else if (again && f->process->seeded) {
        text_print(out, "Again: goro-race --seed %llu ", (unsigned long long)f->process->seed);
        text_shown(out, again, 400);
        text_put(out, "    ");
    }
    text_print(out, "More: goro-race explain %s    Id: %s", f->code, f->id);
    paint(out, run, PLAIN);
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
        if (is_pair(f) || stack_place(&f->accesses[i].stack)) write_access(out, f, i, run);
    if (out->length > 1 && out->data[out->length - 2] != '\n') text_char(out, '\n');
    if (f->why) write_paragraph(out, run, f->unordered ? "Nothing orders them:" : "Why:", f->why);
    write_memory(out, f, run);
    write_tasks(out, f, run);
    write_process(out, f, run);
    if (f->fix && *f->fix) write_paragraph(out, run, "Try:", f->fix);
    write_troubles(out, f, run);
    write_again(out, f, run);
    text_char(out, '\n');
}
