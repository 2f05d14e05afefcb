/* Reads a finding as docs/findings.schema.json describes it: the reverse of write_json.c.
 *
 * Always true
 *  1. Nothing in the file is believed: a number out of range or an index outside of its list is as if it were not there,
 *     and strings are only kept, never used as formats or paths to write. */
#include "reports/json_read.h"
#include "reports/reduce.h"
#include "reports/story.h"
#include "reports/words.h"

#include <stdlib.h>
#include <string.h>

/* -- single fields -------------------------------------------------------------------------------------------------- */

/* NULL if it is missing or something else. */
static const char *read_text(const json_t *o, const char *name) {
    return intern(json_string_value(json_object_get(o, name)));
}

static uint64_t read_number(const json_t *o, const char *name) {
    json_int_t n = json_integer_value(json_object_get(o, name));

    return n > 0 ? (uint64_t)n : 0;
}

static unsigned read_line_number(const json_t *o, const char *name) {
    uint64_t n = read_number(o, name);

    return n < 1u << 30 ? (unsigned)n : 0;
}

static bool read_true(const json_t *o, const char *name) { return json_is_true(json_object_get(o, name)); }

/* Which of the words it is; n if none. */
static size_t read_word(const json_t *o, const char *name, const char *const *words, size_t n) {
    const char *word = json_string_value(json_object_get(o, name));

    for (size_t i = 0; word && i < n; i++)
        if (words[i] && !strcmp(words[i], word)) return i;
    return n;
}

static enum finding_object read_object_kind(const json_t *o) {
    const char *word = json_string_value(json_object_get(o, "kind"));

    for (unsigned kind = FINDING_CHAN; word && kind <= FINDING_OBJECT_LAST; kind++)
        if (!strcmp(object_kind_name((enum finding_object)kind), word)) return (enum finding_object)kind;
    return FINDING_NO_OBJECT;
}

/* -- parts ------------------------------------------------------------------------------------------------------------ */

static struct frame read_frame(const json_t *o) {
    struct frame f = {
        .function = read_text(o, "function"),
        .file = read_text(o, "file"),
        .line = read_line_number(o, "line"),
        .column = read_line_number(o, "column"),
        .inlined = read_true(o, "inlined"),
        .module = read_text(o, "module"),
        .offset = read_number(o, "offset"),
    };
    if (f.module && !strcmp(f.module, ANONYMOUS_MODULE)) {
        f.module = NULL;
        f.pc = f.offset ? f.offset : 1; /* with --stable it was not told */
    }
    return f;
}

static struct stack read_stack(const json_t *list) {
    struct stack s = {0};
    size_t n = json_array_size(list);

    if (n > FINDING_FRAMES_MAX) n = FINDING_FRAMES_MAX;
    if (!n) return s;
    s.frames = memory_new(n * sizeof *s.frames);
    for (s.count = 0; s.count < n; s.count++) s.frames[s.count] = read_frame(json_array_get(list, s.count));
    return s;
}

static void read_name(const json_t *o, struct variable *v, const char **expression) {
    const char *name = read_text(o, "name"), *whole = read_text(o, "variable");

    if (!whole || !name) {
        *expression = name;
        return;
    }
    v->name = name;
    v->whole = whole;
    v->type = read_text(o, "type");
    v->function = read_text(o, "function");
    v->file = read_text(o, "file");
    v->line = read_line_number(o, "line");
}

static struct model_lock *read_locks(const json_t *o, size_t *count) {
    const json_t *list = json_object_get(o, "locks");
    size_t n = json_array_size(list);
    struct model_lock *locks;

    if (n > FINDING_LOCKS_MAX) n = FINDING_LOCKS_MAX;
    *count = n;
    if (!n) return NULL;
    locks = memory_new(n * sizeof *locks);
    for (size_t i = 0; i < n; i++) {
        const json_t *lock = json_array_get(list, i);
        locks[i].kind = read_object_kind(lock);
        locks[i].address = read_number(lock, "object");
        locks[i].read = read_true(lock, "read");
        read_name(lock, &locks[i].variable, &locks[i].expression);
        locks[i].taken = read_stack(json_object_get(lock, "taken"));
    }
    return locks;
}

/* The task whose number `o` has; `none` if it is not in the list. Older versions did not write "thread": then the first of
 * that number, whatever it is. */
static size_t task_index(const struct model_finding *f, const json_t *o, size_t none) {
    uint64_t id = read_number(o, "goroutine");
    bool thread = read_true(o, "thread");

    for (size_t i = 0; id && i < f->task_count; i++)
        if (f->tasks[i].id == id && (f->tasks[i].kind == TASK_THREAD) == thread) return i;
    for (size_t i = 0; id && i < f->task_count; i++)
        if (f->tasks[i].id == id) return i;
    return none;
}

static void read_tasks(struct model_finding *f, const json_t *list) {
    static const char *const states[] = {"running", "runnable", "blocked", "ended"};
    static const char *const kinds[] = {"main", "goroutine", "thread"};
    size_t n = json_array_size(list);

    if (n > FINDING_TASKS_MAX) n = FINDING_TASKS_MAX;
    f->tasks = memory_new((n ? n : 1) * sizeof *f->tasks);
    f->task_count = n ? n : 1; /* an unknown task, so that every access has one */
    for (size_t i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        struct model_task *t = &f->tasks[i];
        t->id = read_number(o, "id");
        t->parent_id = read_number(o, "parent");
        t->parent_thread = read_true(o, "parent_thread");
        t->kind = (enum model_task_kind)(read_word(o, "kind", kinds, array_length(kinds)) % array_length(kinds));
        t->state =
            (enum finding_task_state)(read_word(o, "state", states, array_length(states)) % array_length(states));
        t->name = read_text(o, "name");
        if (t->kind != TASK_MAIN) t->entry.function = read_text(o, "function");
        t->created = read_stack(json_object_get(o, "created"));
        t->now = read_stack(json_object_get(o, "now"));
    }
}

static unsigned access_kind(const json_t *o) {
    static const char *const words[] = {"read", "write", "free", "send", "close", "add", "wait", "use", "return"};
    static const unsigned kinds[] = {0,
                                     ACCESS_WRITE,
                                     ACCESS_FREE | ACCESS_WRITE,
                                     ACCESS_MARK,
                                     ACCESS_MARK | ACCESS_WRITE,
                                     ACCESS_MARK | ACCESS_ADD,
                                     ACCESS_MARK | ACCESS_WAIT,
                                     ACCESS_MARK | ACCESS_USE,
                                     ACCESS_LEFT | ACCESS_WRITE,
                                     0};

    return kinds[read_word(o, "kind", words, array_length(words))] | (read_true(o, "atomic") ? ACCESS_ATOMIC : 0);
}

/* The "stack" of an access or part is an index into the finding's stacks. */
static struct stack read_indexed_stack(const json_t *finding, const json_t *o) {
    return read_stack(json_array_get(json_object_get(finding, "stacks"), read_number(o, "stack")));
}

static void read_accesses(struct model_finding *f, const json_t *finding) {
    const json_t *list = json_object_get(finding, "accesses");
    size_t n = json_array_size(list);

    f->access_count = n < FINDING_ACCESSES_MAX ? n : FINDING_ACCESSES_MAX;
    for (size_t i = 0; i < f->access_count; i++) {
        const json_t *o = json_array_get(list, i);
        struct model_access *a = &f->accesses[i];
        a->kind = access_kind(o);
        a->size = read_number(o, "size");
        a->address = read_number(o, "address");
        a->task = task_index(f, o, 0);
        a->stack = read_indexed_stack(finding, o);
        a->locks = read_locks(o, &a->lock_count);
    }
}

static void read_parts(struct model_finding *f, const json_t *finding) {
    static const char *const roles[] = {"waits",  "holds",      "adds",          "dones", "starts",
                                        "frees",  "asks",       "runs",          "sent",  "received",
                                        "closed", "tried_send", "tried_receive", "undone"};
    static const char *const sides[] = {"", "sends", "receives"};
    static const char *const clues[] = {"", "given", "alike", "added", "before", "started"};
    const json_t *list = json_object_get(finding, "parts");
    size_t n = json_array_size(list);

    f->parts_omitted = read_number(finding, "parts_omitted");
    f->part_count = n < FINDING_PARTS_MAX ? n : FINDING_PARTS_MAX;
    if (!f->part_count) return;
    f->parts = memory_new(f->part_count * sizeof *f->parts);
    for (size_t i = 0; i < f->part_count; i++) {
        const json_t *o = json_array_get(list, i);
        struct model_part *p = &f->parts[i];
        p->role = (enum finding_role)(read_word(o, "role", roles, array_length(roles)) % array_length(roles));
        p->task = task_index(f, o, NO_TASK);
        p->kind = read_object_kind(o);
        p->cases = read_number(o, "cases");
        p->count = read_number(o, "count");
        p->waited_ns = read_number(o, "waited_ns");
        p->side = (enum finding_side)(read_word(o, "side", sides, array_length(sides)) % array_length(sides));
        p->clue = (enum finding_clue)(read_word(o, "clue", clues, array_length(clues)) % array_length(clues));
        p->started = read_number(o, "started");
        p->called = read_number(o, "called");
        p->forever = read_true(o, "forever");
        read_name(o, &p->variable, &p->expression);
        p->object = read_number(o, "object"); /* for its address; missing in what older versions wrote */
        if (!p->object) p->object = p->variable.name || p->expression;
        p->stack = read_indexed_stack(finding, o);
        p->made = read_stack(json_object_get(o, "made"));
        p->locks = read_locks(o, &p->lock_count);
    }
}

static void read_object(struct model_finding *f, const json_t *o) {
    static const char *const words[] = {[FINDING_GLOBAL] = "global",         [FINDING_HEAP] = "heap",
                                        [FINDING_HEAP_FREED] = "freed heap", [FINDING_STACK] = "stack",
                                        [FINDING_STACK_DEAD] = "dead stack", [FINDING_THREAD_LOCAL] = "thread-local",
                                        [FINDING_MAPPED] = "mapped",         [FINDING_STACK_LEFT] = "left frame"};
    size_t memory = read_word(o, "memory", words, array_length(words));

    f->object_kind = read_object_kind(o);
    read_name(o, &f->variable, &f->expression);
    if (memory < array_length(words)) f->memory = (enum finding_memory)memory;
    f->block_task_id = read_number(o, "goroutine");
    f->block_size = read_number(o, "block_size");
    if (f->access_count && json_object_get(o, "block_offset")) {
        uint64_t offset = read_number(o, "block_offset"), *address = &f->accesses[0].address;
        if (*address < offset) *address = offset; /* not told: any address at this offset serves */
        f->block = *address - offset;
    }
    f->block_stack = read_stack(json_object_get(o, "allocated"));
    f->freed_stack = read_stack(json_object_get(o, "freed"));
}

/* -- the whole ------------------------------------------------------------------------------------------------------------ */

/* One process for all findings of the same program and seed: writers compare them. `older` says that another program
 * came before, so that reports name this one. */
static struct process *find_process(const json_t *o) {
    static struct process *first;
    const char *program = read_text(o, "program");
    uint64_t seed = read_number(o, "seed");
    bool seeded = json_is_integer(json_object_get(o, "seed"));
    struct process *p;

    for (p = first; p; p = p->same_pid)
        if (p->program == program && p->seed == seed && p->seeded == seeded) return p;
    p = memory_new(sizeof *p);
    p->program = program;
    p->seed = seed;
    p->seeded = seeded;
    p->pid = (uint32_t)read_number(o, "pid");
    p->same_pid = first;
    for (struct process *other = first; other; other = other->same_pid)
        if (other->program != program) p->older = other;
    first = p;
    return p;
}

static bool read_head(struct model_finding *f, const json_t *o) {
    static const char *const severities[] = {"error", "warning", "note"};
    const char *code = json_string_value(json_object_get(o, "code")), *id = json_string_value(json_object_get(o, "id"));
    const char *also = json_string_value(json_array_get(json_object_get(o, "also"), 0));
    size_t severity = read_word(o, "severity", severities, array_length(severities));

    if (!code || strlen(code) >= sizeof f->code || !id || !*id || strlen(id) >= sizeof f->id) return false;
    if (severity == array_length(severities) || !json_is_string(json_object_get(o, "title"))) return false;
    strcpy(f->code, code);
    strcpy(f->id, id);
    f->entry = code_find(f->code);
    if (code_find(also ? also : "")) strcpy(f->also, also);
    f->severity = (enum finding_severity)severity;
    f->title = memory_string(json_string_value(json_object_get(o, "title")));
    return true;
}

static char *read_sentence(const json_t *o, const char *name) {
    const char *s = json_string_value(json_object_get(o, name));

    return s ? memory_string(s) : NULL;
}

static struct reduced *read_reduced(const json_t *o) {
    const json_t *steps = json_object_get(o, "story"), *step;
    char *command = read_sentence(o, "replay");
    struct reduced *r;
    size_t i;

    if (!command) return NULL;
    r = memory_new(sizeof *r);
    r->command = command;
    r->decisions = (uint32_t)read_number(o, "decisions");
    r->preemptions = (uint32_t)read_number(o, "preemptions");
    if (r->preemptions > r->decisions) r->preemptions = r->decisions;
    r->before = (uint32_t)read_number(o, "decisions_before");
    r->story = memory_new(sizeof *r->story);
    json_array_foreach(steps, i, step) {
        const char *text = read_text(step, "text");
        if (!text) continue;
        if (!r->story->count && read_number(step, "step") > 1) r->story->omitted = read_number(step, "step") - 1;
        r->story->steps = memory_grow(r->story->steps, r->story->count, &r->story->capacity, sizeof *r->story->steps);
        r->story->steps[r->story->count++] =
            (struct story_step){read_number(step, "goroutine"), text, read_text(step, "place")};
    }
    return r;
}

struct model_finding *json_finding(const json_t *o) {
    struct model_finding *f = memory_new(sizeof *f);

    if (read_number(o, "version") != 1 || !read_head(f, o)) {
        model_free(f);
        return NULL;
    }
    f->predicted = read_true(o, "predicted");
    if (f->predicted) f->certainty = FINDING_PREDICTED;
    if (read_true(o, "confirmed")) f->certainty = FINDING_CONFIRMED;
    f->withdrawn = read_true(o, "withdrawn");
    f->known = read_true(o, "known");
    f->unordered = read_true(o, "unordered");
    f->runs = read_line_number(o, "runs");
    f->again = read_text(o, "command");
    f->reduced = read_reduced(o);
    f->why = read_sentence(o, "why");
    f->fix = read_sentence(o, "fix");
    f->place = read_frame(o);
    read_tasks(f, json_object_get(o, "goroutines"));
    read_accesses(f, o);
    read_parts(f, o);
    read_object(f, json_object_get(o, "object"));
    finding_name_main_thread(f);
    f->process = find_process(o);
    return f;
}
