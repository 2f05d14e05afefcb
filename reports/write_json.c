/* JSON Lines: one finding, one line. Fields are only ever added; names never change their meaning.
 *
 * Always true
 *  1. The output is valid UTF-8 JSON whatever bytes the names have: an invalid byte is shown as \xNN text. */
#include "reports/reduce.h"
#include "reports/story.h"
#include "reports/writers.h"

#include <stdlib.h>
#include <string.h>

void put_json_string(struct text *out, const char *s) {
    struct text safe = {0};

    if (!s) {
        text_put(out, "null");
        return;
    }
    text_shown(&safe, s, 65536);
    text_char(out, '"');
    for (const char *at = safe.data ? safe.data : ""; *at; at++) {
        if (*at == '"' || *at == '\\') text_char(out, '\\');
        text_char(out, *at);
    }
    text_char(out, '"');
    text_free(&safe);
}

/* ,"name":  (the comma is left out behind a bracket) */
static void put_key(struct text *out, const char *name) {
    char last = out->length ? out->data[out->length - 1] : '{';

    if (last != '{' && last != '[') text_char(out, ',');
    text_print(out, "\"%s\":", name);
}

static void put_text(struct text *out, const char *name, const char *s) {
    if (!s || !*s) return;
    put_key(out, name);
    put_json_string(out, s);
}

static void put_number(struct text *out, const char *name, uint64_t v) {
    put_key(out, name);
    text_print(out, "%llu", (unsigned long long)v);
}

static void put_true(struct text *out, const char *name, bool value) {
    if (!value) return;
    put_key(out, name);
    text_put(out, "true");
}

static void put_frame(struct text *out, const struct frame *f) {
    text_char(out, '{');
    put_key(out, "function");
    put_json_string(out, f->function);
    put_key(out, "file");
    put_json_string(out, f->file ? shown_file(f->file) : NULL);
    put_number(out, "line", f->line);
    if (f->column) put_number(out, "column", f->column);
    put_true(out, "inlined", f->inlined);
    put_text(out, "module", f->module ? shown_file(f->module) : f->pc ? ANONYMOUS_MODULE : NULL);
    if (!report_style.stable) put_number(out, "offset", f->offset);
    text_char(out, '}');
}

static void put_stack(struct text *out, const struct stack *s) {
    bool all_ours = true, first = true;

    for (size_t i = 0; i < s->count; i++) all_ours &= s->frames[i].ours;
    text_char(out, '[');
    for (size_t i = 0; i < s->count; i++) {
        if (s->frames[i].ours && !all_ours) continue;
        if (!first) text_char(out, ',');
        first = false;
        put_frame(out, &s->frames[i]);
    }
    text_char(out, ']');
}

/* A variable and where it is declared, or how the source calls what is none. */
static void put_name(struct text *out, const struct variable *v, const char *expression) {
    put_text(out, "name", v->name ? v->name : expression);
    put_text(out, "variable", v->whole);
    if (!v->file || !v->line) return;
    put_text(out, "file", shown_file(v->file));
    put_number(out, "line", v->line);
}

/* Objects of a finding, numbered from 1 as they are met, so that a reader can tell two without a name apart, in the stable
 * form too. */
struct objects {
    uint64_t met[FINDING_PARTS_MAX * (FINDING_LOCKS_MAX + 1) + FINDING_ACCESSES_MAX * FINDING_LOCKS_MAX];
    size_t count;
};

/* "object":N; nothing for no object, as a NULL channel is. */
static void put_object_number(struct text *out, struct objects *o, uint64_t address) {
    size_t i = 0;

    if (!address) return;
    while (i < o->count && o->met[i] != address) i++;
    if (i == array_length(o->met)) return;
    if (i == o->count) o->met[o->count++] = address;
    put_number(out, "object", i + 1);
}

static void put_locks(struct text *out, struct objects *o, const struct model_lock *locks, size_t count) {
    put_key(out, "locks");
    text_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct model_lock *l = &locks[i];
        text_put(out, i ? ",{" : "{");
        put_text(out, "kind", object_kind_name(l->kind));
        put_object_number(out, o, l->address);
        put_name(out, &l->variable, l->expression);
        put_true(out, "read", l->read);
        if (l->taken.count) {
            put_key(out, "taken");
            put_stack(out, &l->taken);
        }
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* "goroutine":N, and whether that is a thread's number: those are counted apart. */
static void put_task_number(struct text *out, const struct model_task *t) {
    put_number(out, "goroutine", t->id);
    put_true(out, "thread", t->kind == TASK_THREAD);
}

static void put_accesses(struct text *out, const struct model_finding *f, struct objects *o) {
    put_key(out, "accesses");
    text_char(out, '[');
    for (size_t i = 0; i < f->access_count; i++) {
        const struct model_access *a = &f->accesses[i];
        text_put(out, i ? ",{" : "{");
        put_number(out, "stack", i);
        put_text(out, "kind", access_word(a));
        put_true(out, "atomic", a->kind & ACCESS_ATOMIC);
        put_number(out, "size", a->size);
        if (!report_style.stable) put_number(out, "address", a->address);
        put_task_number(out, &f->tasks[a->task]);
        put_locks(out, o, a->locks, a->lock_count);
        text_char(out, '}');
    }
    text_char(out, ']');
}

static void put_clue(struct text *out, const struct model_part *p) {
    static const char *const clues[] = {NULL, "given", "alike", "added", "before", "started"};

    put_text(out, "clue", clues[p->clue]);
    if (p->started) put_number(out, "started", p->started), put_number(out, "called", p->called);
}

/* Goroutines and places of a finding that is about waiting: "stack" is an index into stacks. */
static void put_parts(struct text *out, const struct model_finding *f, struct objects *o) {
    static const char *const roles[] = {"waits",  "holds",      "adds",          "dones", "starts",
                                        "frees",  "asks",       "runs",          "sent",  "received",
                                        "closed", "tried_send", "tried_receive", "undone"};

    if (!f->part_count) return;
    put_key(out, "parts");
    text_char(out, '[');
    for (size_t i = 0; i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i];
        text_put(out, i ? ",{" : "{");
        put_number(out, "stack", f->access_count + i);
        put_text(out, "role", roles[p->role]);
        if (p->task != NO_TASK) put_task_number(out, &f->tasks[p->task]);
        if (p->kind) put_text(out, "kind", object_kind_name(p->kind));
        put_object_number(out, o, p->object);
        put_name(out, &p->variable, p->expression);
        if (p->cases > 1) put_number(out, "cases", p->cases);
        put_number(out, "count", p->count);
        if (p->role == FINDING_WAITS && !report_style.stable) put_number(out, "waited_ns", p->waited_ns);
        if (p->side) put_text(out, "side", p->side == FINDING_SENDS ? "sends" : "receives");
        put_clue(out, p);
        put_true(out, "forever", p->forever);
        put_locks(out, o, p->locks, p->lock_count);
        if (p->made.count) {
            put_key(out, "made");
            put_stack(out, &p->made);
        }
        text_char(out, '}');
    }
    text_char(out, ']');
    if (f->parts_omitted) put_number(out, "parts_omitted", f->parts_omitted);
}

static void put_tasks(struct text *out, const struct model_finding *f) {
    static const char *const states[] = {"running", "runnable", "blocked", "ended"};
    static const char *const kinds[] = {"main", "goroutine", "thread"};
    bool first = true;

    put_key(out, "goroutines");
    text_char(out, '[');
    for (size_t i = 0; i < f->task_count; i++) {
        const struct model_task *t = &f->tasks[i];
        if (!t->id) continue;
        text_put(out, first ? "{" : ",{");
        first = false;
        put_number(out, "id", t->id);
        put_text(out, "kind", kinds[t->kind]);
        put_text(out, "name", t->name);
        put_text(out, "function", t->kind == TASK_MAIN ? "main" : t->entry.function);
        put_text(out, "state", states[t->state]);
        if (t->parent_id) put_number(out, "parent", t->parent_id);
        put_true(out, "parent_thread", t->parent_thread);
        if (t->created.count) {
            put_key(out, "created");
            put_stack(out, &t->created);
        }
        if (t->now.count) {
            put_key(out, "now");
            put_stack(out, &t->now);
        }
        text_char(out, '}');
    }
    text_char(out, ']');
}

static const char *memory_word(const struct model_finding *f) {
    static const char *const words[] = {[FINDING_GLOBAL] = "global",         [FINDING_HEAP] = "heap",
                                        [FINDING_HEAP_FREED] = "freed heap", [FINDING_STACK] = "stack",
                                        [FINDING_STACK_DEAD] = "dead stack", [FINDING_THREAD_LOCAL] = "thread-local",
                                        [FINDING_MAPPED] = "mapped",         [FINDING_STACK_LEFT] = "left frame"};

    return (unsigned)f->memory < array_length(words) ? words[f->memory] : NULL;
}

static void put_object_and_memory(struct text *out, const struct model_finding *f) {
    put_key(out, "object");
    text_char(out, '{');
    if (f->object_kind) put_text(out, "kind", object_kind_name(f->object_kind));
    put_name(out, &f->variable, f->expression);
    put_text(out, "type", f->variable.type);
    put_text(out, "function", f->variable.function);
    put_text(out, "memory", memory_word(f));
    if (f->block_task_id) put_number(out, "goroutine", f->block_task_id);
    if (f->block_size) put_number(out, "block_size", f->block_size);
    if (f->block_size && f->access_count && f->accesses[0].address - f->block < f->block_size)
        put_number(out, "block_offset", f->accesses[0].address - f->block);
    if (f->block_stack.count) {
        put_key(out, "allocated");
        put_stack(out, &f->block_stack);
    }
    if (f->freed_stack.count) {
        put_key(out, "freed");
        put_stack(out, &f->freed_stack);
    }
    text_char(out, '}');
}

/* The reduced schedule: the command that runs it, and what it does. */
static void put_reduced(struct text *out, const struct reduced *r) {
    if (!r) return;
    put_text(out, "replay", r->command);
    put_number(out, "decisions", r->decisions);
    put_number(out, "preemptions", r->preemptions);
    if (r->before) put_number(out, "decisions_before", r->before);
    put_key(out, "story");
    text_char(out, '[');
    for (size_t i = 0; i < r->story->count; i++) {
        const struct story_step *step = &r->story->steps[i];
        text_put(out, i ? ",{" : "{");
        put_number(out, "step", r->story->omitted + i + 1);
        if (step->task) put_number(out, "goroutine", step->task);
        put_text(out, "text", step->text);
        put_text(out, "place", step->place);
        text_char(out, '}');
    }
    text_char(out, ']');
}

void write_json(struct text *out, const struct model_finding *f, const struct run *run) {
    struct objects objects = {.count = 0};

    text_put(out, "{\"version\":1");
    put_text(out, "code", f->code);
    if (f->also[0]) put_key(out, "also"), text_char(out, '['), put_json_string(out, f->also), text_char(out, ']');
    put_text(out, "severity", severity_name(f->severity));
    put_true(out, "predicted", f->certainty == FINDING_PREDICTED);
    put_true(out, "confirmed", f->certainty == FINDING_CONFIRMED);
    put_true(out, "withdrawn", f->withdrawn);
    put_true(out, "suppressed", f->suppressed);
    put_true(out, "known", f->known);
    put_text(out, "id", f->id);
    if (f->of) put_text(out, "of", f->of);
    put_text(out, "title", f->title);
    put_text(out, "function", f->place.function);
    put_text(out, "file", f->place.file ? shown_file(f->place.file) : NULL);
    put_number(out, "line", f->place.line);
    if (f->place.column) put_number(out, "column", f->place.column);
    put_text(out, "why", f->why);
    put_true(out, "unordered", f->unordered);
    put_text(out, "fix", f->fix);
    put_key(out, "stacks");
    text_char(out, '[');
    for (size_t i = 0; i < f->access_count; i++) {
        if (i) text_char(out, ',');
        put_stack(out, &f->accesses[i].stack);
    }
    for (size_t i = 0; i < f->part_count; i++) {
        if (i || f->access_count) text_char(out, ',');
        put_stack(out, &f->parts[i].stack);
    }
    text_char(out, ']');
    put_accesses(out, f, &objects);
    put_parts(out, f, &objects);
    put_object_and_memory(out, f);
    put_tasks(out, f);
    put_key(out, "seed");
    if (f->process->seeded && !run->parallel) text_print(out, "%llu", (unsigned long long)f->process->seed);
    else text_put(out, "null");
    if (f->runs) put_number(out, "runs", f->runs);
    put_true(out, "degraded", run->degraded);
    put_text(out, "command", run->again ? run->again : f->again);
    put_reduced(out, f->reduced);
    put_text(out, "program", f->process->program ? shown_file(f->process->program) : NULL);
    if (!report_style.stable) put_number(out, "pid", f->process->pid);
    text_put(out, "}\n");
}
