/* From a wire record to a finding that can be printed: parses, names, hides what is not the user's, identifies.
 *
 * Always true
 *  1. access.task is an index below task_count; every count is within its limit, whatever the record said. */
#include "reports/model.h"
#include "reports/history.h"
#include "reports/left.h"
#include "reports/namesakes.h"
#include "reports/reduce.h"
#include "reports/source.h"

#include <stdlib.h>
#include <string.h>

/* -- parsing ------------------------------------------------------------------------------------------------------- */

/* A stack and the count of left-out frames that may follow it are two fields: remembered until both are there. */
struct pending {
    struct process *process;
    struct stack *target;
    const uint8_t *pcs;
    size_t count;
    uint64_t omitted;
};

static void finish_stack(struct pending *p) {
    uint64_t pcs[FINDING_FRAMES_MAX];

    if (!p->target) return;
    memcpy(pcs, p->pcs, p->count * sizeof *pcs);
    free(p->target->frames);
    *p->target = symbols_stack(p->process, pcs, p->count, p->omitted);
    p->target = NULL;
}

static void begin_stack(struct pending *p, struct stack *target, const struct wire_field *f) {
    finish_stack(p);
    p->target = target;
    p->pcs = f->data;
    p->count = f->length / sizeof(uint64_t);
    if (p->count > FINDING_FRAMES_MAX) p->count = FINDING_FRAMES_MAX;
    p->omitted = 0;
}

/* True if the field belongs to the pending stack; any other field finishes it. */
static bool continue_stack(struct pending *p, const struct wire_field *f) {
    if (f->tag == WIRE_OMITTED && p->target) {
        p->omitted = wire_field_number(f);
        return true;
    }
    return false;
}

/* "a->mu", as the call that locked it has it. */
static const char *lock_expression(const struct stack *taken) {
    const struct frame *f = stack_place(taken);
    char *found = f && f->line ? source_argument(source_line(f->file, f->line), f->column) : NULL;
    const char *kept = intern(found);

    free(found);
    return kept;
}

static void read_lock(struct process *process, struct model_lock *l, struct wire_reader r) {
    struct pending stack = {.process = process};
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        if (continue_stack(&stack, &f)) continue;
        finish_stack(&stack);
        switch (f.tag) {
        case WIRE_OBJECT_KIND: l->kind = (enum finding_object)wire_field_number(&f); break;
        case WIRE_ADDRESS: l->address = wire_field_number(&f); break;
        case WIRE_READ: l->read = wire_field_number(&f) != 0; break;
        case WIRE_TAKEN_STACK: begin_stack(&stack, &l->taken, &f); break;
        }
    }
    finish_stack(&stack);
    if (!symbols_variable(process, l->address, 0, &l->variable)) l->expression = lock_expression(&l->taken);
}

static void add_lock(struct process *process, struct model_lock **locks, size_t *count, const struct wire_field *f) {
    if (*count == FINDING_LOCKS_MAX) return;
    *locks = memory_resize(*locks, (*count + 1) * sizeof **locks);
    (*locks)[*count] = (struct model_lock){0};
    read_lock(process, &(*locks)[(*count)++], wire_inside(f));
}

static void read_handover(struct model_finding *m, struct wire_reader r) {
    struct wire_field f;

    m->reorderable = true;
    while (wire_next(&r, &f) == 1)
        if (f.tag == WIRE_LOCK) add_lock(m->process, &m->handover, &m->handover_count, &f);
}

static void read_access(struct process *process, struct model_access *a, struct wire_reader r) {
    struct pending stack = {.process = process};
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        if (continue_stack(&stack, &f)) continue;
        finish_stack(&stack);
        switch (f.tag) {
        case WIRE_KIND: a->kind = (unsigned)wire_field_number(&f); break;
        case WIRE_ADDRESS: a->address = wire_field_number(&f); break;
        case WIRE_SIZE: a->size = wire_field_number(&f); break;
        case WIRE_TASK_INDEX: a->task = wire_field_number(&f); break;
        case WIRE_EPOCH: a->epoch = (uint32_t)wire_field_number(&f); break;
        case WIRE_STACK: begin_stack(&stack, &a->stack, &f); break;
        case WIRE_LOCK: add_lock(process, &a->locks, &a->lock_count, &f); break;
        }
    }
    finish_stack(&stack);
}

static void read_part_field(struct process *process, struct model_part *p, const struct wire_field *f,
                            struct pending *stack) {
    switch (f->tag) {
    case WIRE_ROLE: p->role = (enum finding_role)(wire_field_number(f) % (FINDING_ROLE_LAST + 1)); break;
    case WIRE_TASK_INDEX: p->task = wire_field_number(f); break;
    case WIRE_OBJECT_KIND: p->kind = (enum finding_object)wire_field_number(f); break;
    case WIRE_OBJECT: p->object = wire_field_number(f); break;
    case WIRE_CASES: p->cases = wire_field_number(f); break;
    case WIRE_COUNT: p->count = wire_field_number(f); break;
    case WIRE_WAITED_NS: p->waited_ns = wire_field_number(f); break;
    case WIRE_SIDE: p->side = (enum finding_side)(wire_field_number(f) % (FINDING_SIDE_LAST + 1)); break;
    case WIRE_CLUE: p->clue = (enum finding_clue)(wire_field_number(f) % (FINDING_CLUE_LAST + 1)); break;
    case WIRE_STARTED: p->started = wire_field_number(f); break;
    case WIRE_CALLED: p->called = wire_field_number(f); break;
    case WIRE_FOREVER: p->forever = wire_field_number(f) != 0; break;
    case WIRE_STACK: begin_stack(stack, &p->stack, f); break;
    case WIRE_MADE_STACK: begin_stack(stack, &p->made, f); break;
    case WIRE_LOCK: add_lock(process, &p->locks, &p->lock_count, f); break;
    }
}

static void read_part(struct model_finding *m, struct wire_reader r) {
    struct pending stack = {.process = m->process};
    struct model_part *p;
    struct wire_field f;

    if (m->part_count == FINDING_PARTS_MAX) return;
    m->parts = memory_resize(m->parts, (m->part_count + 1) * sizeof *m->parts);
    p = &m->parts[m->part_count++];
    *p = (struct model_part){.task = NO_TASK};
    while (wire_next(&r, &f) == 1) {
        if (continue_stack(&stack, &f)) continue;
        finish_stack(&stack);
        read_part_field(m->process, p, &f, &stack);
    }
    finish_stack(&stack);
    if (p->object) symbols_variable(m->process, p->object, 0, &p->variable);
}

static void read_task(struct process *process, struct model_task *t, struct wire_reader r) {
    struct pending stack = {.process = process};
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        if (continue_stack(&stack, &f)) continue;
        finish_stack(&stack);
        switch (f.tag) {
        case WIRE_ID: t->id = wire_field_number(&f); break;
        case WIRE_KIND: t->kind = (enum model_task_kind)(wire_field_number(&f) % 3); break;
        case WIRE_STATE: t->state = (enum finding_task_state)(wire_field_number(&f) % 4); break;
        case WIRE_PARENT_ID: t->parent_id = wire_field_number(&f); break;
        case WIRE_PARENT_THREAD: t->parent_thread = wire_field_number(&f) != 0; break;
        case WIRE_NAME:
            if (f.length)
                t->name = intern_n((const char *)f.data, strnlen((const char *)f.data, f.length < 48 ? f.length : 48));
            break;
        case WIRE_ENTRY: t->entry = symbols_function(process, wire_field_number(&f)); break;
        case WIRE_CREATED_STACK: begin_stack(&stack, &t->created, &f); break;
        case WIRE_NOW_STACK: begin_stack(&stack, &t->now, &f); break;
        case WIRE_HEARD: t->heard = wire_field_number(&f) != 0; break;
        }
    }
    finish_stack(&stack);
}

static void read_code(char code[8], const struct wire_field *f) {
    size_t n = f->length < 7 ? f->length : 7;

    memcpy(code, f->data, n);
    code[n] = 0;
}

static bool is_code(const char *s) {
    for (int i = 0; i < 5; i++)
        if (i < 2 ? s[i] < 'A' || s[i] > 'Z' : s[i] < '0' || s[i] > '9') return false;
    return s[5] == 0;
}

static void read_field(struct model_finding *m, const struct wire_field *f, struct pending *stack) {
    switch (f->tag) {
    case WIRE_CODE: read_code(m->code, f), m->entry = code_find(m->code); break;
    case WIRE_ALSO: read_code(m->also, f); break;
    case WIRE_SEVERITY: m->severity = (enum finding_severity)(wire_field_number(f) % 3); break;
    case WIRE_CERTAINTY: m->certainty = (enum finding_certainty)(wire_field_number(f) % 3); break;
    case WIRE_NUMBER: m->number = wire_field_number(f); break;
    case WIRE_ACCESS:
        if (m->access_count < FINDING_ACCESSES_MAX)
            read_access(m->process, &m->accesses[m->access_count++], wire_inside(f));
        break;
    case WIRE_MEMORY: m->memory = (enum finding_memory)wire_field_number(f); break;
    case WIRE_BLOCK: m->block = wire_field_number(f); break;
    case WIRE_BLOCK_SIZE: m->block_size = wire_field_number(f); break;
    case WIRE_BLOCK_TASK: m->block_task_id = wire_field_number(f); break;
    case WIRE_BLOCK_STACK: begin_stack(stack, &m->block_stack, f); break;
    case WIRE_FREED_STACK: begin_stack(stack, &m->freed_stack, f); break;
    case WIRE_OBJECT_KIND: m->object_kind = (enum finding_object)wire_field_number(f); break;
    case WIRE_OBJECT: m->object = wire_field_number(f); break;
    case WIRE_PARTS_OMITTED: m->parts_omitted = wire_field_number(f); break;
    case WIRE_HANDOVER: read_handover(m, wire_inside(f)); break;
    case WIRE_PART: read_part(m, wire_inside(f)); break;
    case WIRE_TASK:
        if (m->task_count < FINDING_TASKS_MAX) read_task(m->process, &m->tasks[m->task_count++], wire_inside(f));
        break;
    }
}

/* -- what is the user's ----------------------------------------------------------------------------------------------- */

/* Everything outside of the function the task was started with is the runtime's or the C library's. */
static void hide_outside(struct stack *s, const struct model_task *t) {
    const char *entry = t && t->kind != TASK_MAIN ? t->entry.function : "main";

    if (!entry) entry = "main";
    for (size_t i = s->count; i-- > 0;) {
        if (!s->frames[i].function || strcmp(s->frames[i].function, entry) != 0) continue;
        for (size_t j = i + 1; j < s->count; j++) s->frames[j].ours = true;
        return;
    }
}

/* Who runs is in its first function: what is known is only whence that was called. */
static bool is_outside(const struct stack *s, const struct model_task *t) {
    const char *entry = t && t->kind != TASK_MAIN ? t->entry.function : "main";

    for (size_t i = 0; entry && i < s->count; i++)
        if (s->frames[i].function && !strcmp(s->frames[i].function, entry)) return false;
    return true;
}

static void hide_all(struct stack *s) {
    for (size_t i = 0; i < s->count; i++) s->frames[i].ours = true;
}

static void hide_ours(struct model_finding *f) {
    for (size_t i = 0; i < f->access_count; i++) {
        struct model_access *a = &f->accesses[i];
        hide_outside(&a->stack, &f->tasks[a->task]);
        for (size_t j = 0; j < a->lock_count; j++) hide_outside(&a->locks[j].taken, &f->tasks[a->task]);
    }
    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        const struct model_task *task = p->task == NO_TASK ? NULL : &f->tasks[p->task];
        if (p->role == FINDING_UNDONE) hide_outside(&p->stack, task ? finding_parent_of(f, task) : NULL);
        else if (task || p->role == FINDING_STARTS) hide_outside(&p->stack, task);
        if (p->role == FINDING_RUNS && is_outside(&p->stack, task)) hide_all(&p->stack);
        hide_outside(&p->made, NULL);
        for (size_t j = 0; j < p->lock_count; j++) hide_outside(&p->locks[j].taken, task);
    }
    for (size_t i = 0; i < f->task_count; i++) {
        hide_outside(&f->tasks[i].created, finding_parent_of(f, &f->tasks[i]));
        hide_outside(&f->tasks[i].now, &f->tasks[i]);
    }
    hide_outside(&f->block_stack, finding_task_of(f, f->block_task_id));
    hide_outside(&f->freed_stack, NULL);
}

/* A goroutine that was started through the runtime (goro_wg_go, a timer's function) has an entry of the runtime's: the
 * outermost function of the user's that was met says more. */
static void name_entry(struct model_task *t, const struct stack *s) {
    if (t->kind == TASK_MAIN || !t->entry.ours) return;
    for (size_t j = s->count; j-- > 0;) {
        if (s->frames[j].ours) continue;
        t->entry = s->frames[j];
        return;
    }
}

static void name_entries(struct model_finding *f) {
    for (size_t i = 0; i < f->access_count; i++) name_entry(&f->tasks[f->accesses[i].task], &f->accesses[i].stack);
    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        if (p->task != NO_TASK)
            name_entry(&f->tasks[p->task], p->role == FINDING_UNDONE ? &f->tasks[p->task].now : &p->stack);
    }
    for (size_t i = 0; i < f->task_count; i++)
        if (f->tasks[i].entry.ours) f->tasks[i].entry.function = NULL;
}

const struct frame *stack_place(const struct stack *s) {
    for (size_t i = 0; i < s->count; i++)
        if (!s->frames[i].ours) return &s->frames[i];
    return NULL;
}

bool part_is_use(const struct model_part *p) { return p->role >= FINDING_SENT && p->role <= FINDING_TRIED_RECEIVE; }

bool part_is_count(const struct model_part *p) {
    return p->role == FINDING_ADDS || p->role == FINDING_DONES || p->role == FINDING_UNDONE;
}

static bool is_besides(const struct model_finding *f, const struct model_part *p) {
    return part_is_use(p) || p->role == FINDING_UNDONE || (f->code[1] == 'D' && part_is_count(p));
}

size_t finding_count_parts(const struct model_finding *f) {
    size_t n = f->part_count;

    while (n && is_besides(f, &f->parts[n - 1])) n--;
    return n;
}

bool finding_is_pair(const struct model_finding *f) { return f->access_count == 2; }

const struct model_task *finding_task_of(const struct model_finding *f, uint64_t id) {
    for (size_t i = 0; id && i < f->task_count; i++)
        if (f->tasks[i].id == id) return &f->tasks[i];
    return NULL;
}

bool task_started(const struct model_task *parent, const struct model_task *child) {
    return child->parent_id && child->parent_id == parent->id && child->parent_thread == (parent->kind == TASK_THREAD);
}

const struct model_task *finding_parent_of(const struct model_finding *f, const struct model_task *task) {
    for (size_t i = 0; i < f->task_count; i++)
        if (task_started(&f->tasks[i], task)) return &f->tasks[i];
    return NULL;
}

void finding_name_main_thread(struct model_finding *f) {
    size_t threads = 0, goroutines = 0;

    for (size_t i = 0; i < f->task_count; i++) {
        threads += f->tasks[i].kind == TASK_THREAD;
        goroutines += f->tasks[i].kind == TASK_GOROUTINE;
    }
    for (size_t i = 0; i < f->task_count; i++)
        f->tasks[i].main_thread = threads && !goroutines && f->tasks[i].kind == TASK_MAIN;
}

bool finding_is_of_threads(const struct model_finding *f) {
    for (size_t i = 0; i < f->task_count; i++)
        if (!f->tasks[i].main_thread && f->tasks[i].kind != TASK_THREAD) return false;
    return f->task_count > 0;
}

static bool is_same_use(const struct model_part *a, const struct model_part *b) {
    const struct frame *x = stack_place(&a->stack), *y = stack_place(&b->stack);

    return part_is_use(a) && a->role == b->role && a->task == b->task && a->object == b->object && x && y &&
           x->file == y->file && x->line == y->line && x->line;
}

/* A loop that the compiler has unrolled is one place to its reader. */
static void join_uses(struct model_finding *f) {
    size_t n = 0;

    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        size_t j = 0;

        while (j < n && !is_same_use(&f->parts[j], p)) j++;
        if (j == n) {
            f->parts[n++] = *p;
            continue;
        }
        f->parts[j].count += p->count;
        free(p->stack.frames);
        free(p->made.frames);
    }
    f->part_count = n;
}

/* -- the whole ------------------------------------------------------------------------------------------------------------ */

static void name_object(struct model_finding *f) {
    if (f->memory == FINDING_STACK_LEFT) left_name(f);
    else if (f->object) symbols_variable(f->process, f->object, 0, &f->variable);
    else if (f->access_count) symbols_variable(f->process, f->accesses[0].address, f->accesses[0].size, &f->variable);
}

/* Two channel calls in one line, one inside the other perhaps: the column does not tell which of them it is. */
static bool is_ambiguous(const struct frame *f) {
    const char *line = f && f->line ? source_line(f->file, f->line) : NULL,
               *first = line ? strstr(line, "chan_") : NULL;

    return first && strstr(first + 1, "chan_");
}

/* As the call at the part's stack has it. */
static void name_parts(struct model_finding *f) {
    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        if (p->variable.name || p->cases > 1 || p->role == FINDING_UNDONE || is_ambiguous(stack_place(&p->stack)))
            continue;
        p->expression = lock_expression(&p->stack);
    }
}

/* The engine looks for Add against Wait as for a read against an atomic write, and for any use of a channel against its end as
 * for a read. */
static void name_marks(struct model_finding *f) {
    bool counts = !strcmp(f->code, "GW003"), ends = !strcmp(f->code, "GC004") || f->memory == FINDING_STACK_LEFT;
    for (size_t i = 0; i < f->access_count; i++) {
        unsigned *kind = &f->accesses[i].kind;
        if (!(*kind & ACCESS_MARK)) continue;
        if (counts) *kind = ACCESS_MARK | (*kind & ACCESS_ATOMIC ? ACCESS_WAIT : ACCESS_ADD);
        else if (ends) *kind = ACCESS_MARK | ACCESS_USE;
    }
}

static struct model_finding *read_fields(struct process *p, struct wire_reader payload) {
    struct model_finding *m = memory_new(sizeof *m);
    struct pending stack = {.process = p};
    struct wire_field f;

    m->process = p;
    m->tasks = memory_new((FINDING_TASKS_MAX + 1) * sizeof *m->tasks);
    while (wire_next(&payload, &f) == 1) {
        if (continue_stack(&stack, &f)) continue;
        finish_stack(&stack);
        read_field(m, &f, &stack);
    }
    finish_stack(&stack);
    if (!m->task_count) m->task_count = 1; /* an unknown task, so that every access has one */
    m->tasks = memory_resize(m->tasks, m->task_count * sizeof *m->tasks);
    for (size_t i = 0; i < m->access_count; i++)
        if (m->accesses[i].task >= m->task_count) m->accesses[i].task = 0;
    for (size_t i = 0; i < m->part_count; i++)
        if (m->parts[i].task >= m->task_count) m->parts[i].task = NO_TASK;
    name_marks(m);
    hide_ours(m);
    join_uses(m);
    absent_join(m);
    name_parts(m);
    namesakes_number(m);
    name_entries(m);
    finding_name_main_thread(m);
    return m;
}

struct model_finding *model_read_picture(struct process *p, struct wire_reader payload) {
    return read_fields(p, payload);
}

struct model_finding *model_read(struct process *p, struct wire_reader payload) {
    struct model_finding *m = read_fields(p, payload);
    const struct frame *place;

    if (!is_code(m->code) || (m->also[0] && !code_find(m->also))) {
        model_free(m);
        return NULL;
    }
    name_object(m);
    if (!m->memory && m->variable.name) m->memory = FINDING_GLOBAL; /* the sender does not know globals */
    if (m->access_count && (place = stack_place(&m->accesses[0].stack))) m->place = *place;
    if (!m->access_count && m->part_count && (place = stack_place(&m->parts[0].stack))) m->place = *place;
    m->predicted = m->certainty == FINDING_PREDICTED;
    finding_identify(m);
    finding_explain(m);
    return m;
}

void model_free(struct model_finding *f) {
    for (size_t i = 0; i < f->access_count; i++) {
        free(f->accesses[i].stack.frames);
        for (size_t j = 0; j < f->accesses[i].lock_count; j++) free(f->accesses[i].locks[j].taken.frames);
        free(f->accesses[i].locks);
    }
    for (size_t i = 0; i < f->part_count; i++) {
        free(f->parts[i].stack.frames);
        free(f->parts[i].made.frames);
        for (size_t j = 0; j < f->parts[i].lock_count; j++) free(f->parts[i].locks[j].taken.frames);
        free(f->parts[i].locks);
    }
    free(f->parts);
    for (size_t i = 0; i < f->handover_count; i++) free(f->handover[i].taken.frames);
    free(f->handover);
    reduced_free(f->reduced);
    for (size_t i = 0; i < f->task_count; i++) free(f->tasks[i].created.frames), free(f->tasks[i].now.frames);
    free(f->tasks);
    free(f->block_stack.frames);
    free(f->freed_stack.frames);
    history_free(f->history);
    free(f->title);
    free(f->why);
    free(f->fix);
    free(f);
}
