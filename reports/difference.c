/* Runs a schedule again with all its events, and compares these one by one.
 *
 * Always true
 *  1. Each run has a worker of its own, which is another start of the program, as when the difference was found.
 *  2. What is compared is what the hash is of (instrument/footprint.h): who, what, and where in the program. */
#include "reports/difference.h"
#include "reports/event.h"
#include "reports/story.h"
#include "reports/words.h"

#include <stdlib.h>

enum { PAIRS_MAX = 8 };

/* -- one run -------------------------------------------------------------------------------------------------------------- */

struct trial {
    struct wire_input in;
    struct story_events events;
};

static void take_events(void *arg, struct process *p, unsigned type, struct wire_reader payload) {
    struct trial *t = arg;

    if (type == WIRE_EVENTS) story_take(&t->events, p, payload);
}

/* No seed decides what they do. */
static void leave_out_threads(struct story_events *s) {
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++)
        if (!s->events[i].thread) s->events[kept++] = s->events[i];
    s->count = kept;
}

static bool run_trial(struct rerun *r, const struct wire_schedule *asked, struct dfs_order order, struct trial *t) {
    struct wire_schedule s = *asked;
    struct schedule records = {0};
    bool ended;

    *t = (struct trial){.in = {.record = take_events, .arg = t}};
    s.flags = WIRE_SCHEDULE_FOOTPRINT | WIRE_SCHEDULE_EVENTS;
    rerun_end();
    ended = rerun_schedule(r, &s, NULL, &order, &records);
    schedule_read(&records, &t->in);
    schedule_drop(&records);
    leave_out_threads(&t->events);
    return ended;
}

static void drop_trial(struct trial *t) {
    story_forget(&t->events);
    wire_input_free(&t->in);
}

/* -- comparing -------------------------------------------------------------------------------------------------------------- */

static uint64_t place_in_program(struct process *p, uint64_t pc) {
    const struct module *m = process_module(p, pc);

    return m && m->path == p->program ? pc - m->bias : 0;
}

static bool is_same(const struct trial *a, const struct trial *b, size_t i) {
    const struct wire_event *e = &a->events.events[i], *f = &b->events.events[i];

    return e->task == f->task && e->kind == f->kind && e->object == f->object &&
           place_in_program(a->events.process, e->pc) == place_in_program(b->events.process, f->pc);
}

static size_t count_same(const struct trial *a, const struct trial *b) {
    size_t n = a->events.count < b->events.count ? a->events.count : b->events.count, i = 0;

    while (i < n && is_same(a, b, i)) i++;
    return i;
}

/* -- telling ---------------------------------------------------------------------------------------------------------------- */

static void put_what(struct text *t, struct process *p, const struct wire_event *e) {
    static const char *const words[] = {
        [WIRE_EVENT_CREATE] = "starts a goroutine",
        [WIRE_EVENT_NAME] = "is given a name",
        [WIRE_EVENT_END] = "ends",
        [WIRE_EVENT_RUN] = "is put on",
        [WIRE_EVENT_BLOCK] = "waits",
        [WIRE_EVENT_READY] = "may go on",
        [WIRE_EVENT_UNBLOCK] = "goes on",
        [WIRE_EVENT_USE] = "uses",
        [WIRE_EVENT_SEND] = "sends",
        [WIRE_EVENT_CLOSE] = "closes",
        [WIRE_EVENT_LOCK] = "locks",
        [WIRE_EVENT_UNLOCK] = "unlocks",
        [WIRE_EVENT_ADD] = "adds",
        [WIRE_EVENT_WAIT] = "begins to wait",
        [WIRE_EVENT_RELEASE] = "tells others",
        [WIRE_EVENT_ACQUIRE] = "hears of others",
        [WIRE_EVENT_EXCHANGE] = "meets others",
        [WIRE_EVENT_MEET] = "meets another one",
        [WIRE_EVENT_ATOMIC] = "makes an atomic operation",
    };
    bool access = e->kind == WIRE_EVENT_ACCESS, object = e->object && e->kind != WIRE_EVENT_CREATE && !access;
    struct variable v = {0};

    if (access) text_print(t, "is about to %s", e->value & ACCESS_WRITE ? "write" : "read");
    else text_put(t, e->kind < array_length(words) && words[e->kind] ? words[e->kind] : "goes on");
    if (access && symbols_variable(p, e->other, 0, &v)) text_print(t, " %s", v.name);
    if (object) text_print(t, ": %s", event_object(p, e));
}

/* Two places of a line are told apart by the column. */
static void put_where(struct text *t, struct process *p, const struct wire_event *e) {
    struct stack s = symbols_stack(p, &e->pc, e->pc ? 1 : 0, 0);
    const struct frame *f = stack_place(&s);

    if (f) {
        text_put(t, " (");
        put_place(t, f);
        text_print(t, ":%u)", f->column);
    }
    free(s.frames);
}

static void tell_run(int number, const struct trial *run, size_t i) {
    const struct wire_event *e = i < run->events.count ? &run->events.events[i] : NULL;
    struct text t = {0};

    if (!e) text_put(&t, "(it has ended)");
    else if (e->task == 1) text_put(&t, "main ");
    else if (e->task) text_print(&t, "goroutine %llu ", (unsigned long long)e->task);
    else text_put(&t, "the scheduler ");
    if (e) put_what(&t, run->events.process, e);
    if (e) put_where(&t, run->events.process, e);
    complain("run %d: %s", number, t.data);
    text_free(&t);
}

static bool tell(const struct trial *a, const struct trial *b) {
    size_t same = count_same(a, b);

    if (same == a->events.count && same == b->events.count) return false;
    complain("two runs differ first in their step %llu:", (unsigned long long)same + 1);
    tell_run(1, a, same);
    tell_run(2, b, same);
    return true;
}

bool difference_tell(struct rerun *r, const struct wire_schedule *asked, struct dfs_order order) {
    bool told = false;

    r->left = 2 * PAIRS_MAX;
    for (int i = 0; i < PAIRS_MAX && !told && !r->stopped(); i++) {
        struct trial a, b;
        bool ended = run_trial(r, asked, order, &a);
        ended = run_trial(r, asked, order, &b) && ended;
        told = ended && tell(&a, &b);
        drop_trial(&a);
        drop_trial(&b);
    }
    return told;
}
