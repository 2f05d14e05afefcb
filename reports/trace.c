/* Turns events into Chrome's JSON trace format (Trace Event Format, Google 2016), which Perfetto reads.
 *
 * Always true
 *  1. On a track each B has its E, times do not go back, and slices do not overlap: a goroutine is in one state at a time.
 *     A program that is killed leaves its slices to trace_end.
 *  2. Memory is bounded: tracks of goroutines that live (TRACKS_MAX), the last release of some clocks, names of some
 *     objects. What is forgotten costs an arrow or a look-up, never a slice.
 *  3. What is written is valid JSON at the end of each event but for the closing bracket, which readers do without. */
#include "reports/trace.h"
#include "reports/event_name.h"
#include "reports/writers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { TRACKS_MAX = 1 << 20, CLOCKS = 1 << 16, THREADS = 1 << 30 /* where the tracks of threads begin */ };

enum state { ABSENT, RUNNABLE, RUNNING, BLOCKED };

struct track_key {
    uint64_t pid, id;
};
struct track {
    UT_hash_handle hh;
    struct track_key key;
    enum state state;
    bool sending;          /* its last use of a channel was a send */
    struct wire_event use; /* its last use of a channel; kind 0: none that is open */
    uint64_t thread;       /* that runs it */
};

/* Who released a clock last; direct-mapped by the clock's address. */
struct release {
    uint64_t pid, clock, task, ns;
};

static struct {
    FILE *file;
    const char *path, *comma;
    uint64_t begin_ns, last_ns, arrows, lost;
    struct track *tracks;
    struct release *releases;
    uint64_t named_pid;
} trace;

/* -- writing -------------------------------------------------------------------------------------------------------- */

/* Microseconds since the first event, as the format has it. */
static void put_head(struct text *t, const char *phase, uint64_t pid, uint64_t tid, uint64_t ns) {
    uint64_t since = ns > trace.begin_ns ? ns - trace.begin_ns : 0;

    text_print(t, "%s\n{\"ph\":\"%s\",\"pid\":%llu,\"tid\":%llu,\"ts\":%llu.%03llu", trace.comma, phase,
               (unsigned long long)pid, (unsigned long long)tid, (unsigned long long)(since / 1000),
               (unsigned long long)(since % 1000));
    trace.comma = ",";
}

static void put_name(struct text *t, const char *name, const char *category) {
    text_put(t, ",\"name\":");
    put_json_string(t, name);
    text_print(t, ",\"cat\":\"%s\"", category);
}

static void put_at(struct text *t, const char *place) {
    if (!place) return;
    text_put(t, ",\"args\":{\"at\":");
    put_json_string(t, place);
    text_char(t, '}');
}

static void write_out(struct text *t) {
    text_char(t, '}');
    fwrite(t->data, 1, t->length, trace.file);
    text_free(t);
}

static void write_instant(const struct track *k, uint64_t ns, const char *name, const char *category,
                          const char *place) {
    struct text t = {0};

    put_head(&t, "i", k->key.pid, k->key.id, ns);
    put_name(&t, name, category);
    text_put(&t, ",\"s\":\"t\"");
    put_at(&t, place);
    write_out(&t);
}

/* Names a track or, with id 0, a process. */
static void write_title(uint64_t pid, uint64_t id, const char *what, const char *title) {
    struct text t = {0};

    put_head(&t, "M", pid, id, trace.begin_ns);
    text_print(&t, ",\"name\":\"%s\",\"args\":{\"name\":", what);
    put_json_string(&t, title);
    text_char(&t, '}');
    write_out(&t);
}

static void write_arrow_end(const char *phase, uint64_t pid, uint64_t task, uint64_t ns) {
    struct text t = {0};

    put_head(&t, phase, pid, task, ns);
    put_name(&t, "tells", "order");
    text_print(&t, ",\"id\":%llu%s", (unsigned long long)trace.arrows, *phase == 'f' ? ",\"bp\":\"e\"" : "");
    write_out(&t);
}

static void write_arrow(uint64_t pid, uint64_t from, uint64_t from_ns, uint64_t to, uint64_t to_ns) {
    trace.arrows++;
    write_arrow_end("s", pid, from, from_ns);
    write_arrow_end("f", pid, to, to_ns);
}

/* -- tracks ----------------------------------------------------------------------------------------------------------- */

static struct track *find_track(uint64_t pid, uint64_t id) {
    struct track_key key = {pid, id};
    struct track *k;

    HASH_FIND(hh, trace.tracks, &key, sizeof key, k);
    return k;
}

/* NULL: there are too many. */
static struct track *track_of(uint64_t pid, uint64_t id) {
    struct track *k = id ? find_track(pid, id) : NULL;

    if (k || !id || HASH_COUNT(trace.tracks) >= TRACKS_MAX) return k;
    k = memory_new(sizeof *k);
    k->key = (struct track_key){pid, id};
    HASH_ADD(hh, trace.tracks, key, sizeof k->key, k);
    return k;
}

static void enter_state(struct track *k, enum state state, uint64_t ns, const char *name, const char *place) {
    struct text t = {0};

    if (k->state != ABSENT) {
        put_head(&t, "E", k->key.pid, k->key.id, ns);
        write_out(&t);
    }
    k->state = state;
    if (state == ABSENT) return;
    put_head(&t, "B", k->key.pid, k->key.id, ns);
    put_name(&t, name, "state");
    put_at(&t, place);
    write_out(&t);
}

static void name_track(struct process *p, uint64_t id, const char *word) {
    struct text t = {0};

    text_print(&t, "%s %llu%s%s%s", id & THREADS ? "thread" : "goroutine",
               (unsigned long long)(id & ~(uint64_t)THREADS), word ? " (" : "", word ? word : "", word ? ")" : "");
    write_title(p->pid, id, "thread_name", t.data);
    text_free(&t);
}

/* Whoever ran on the thread runs no more. */
static void take_thread(uint64_t pid, const struct track *now, uint64_t thread, uint64_t ns) {
    struct track *k;
    static struct track_key running[256]; /* by thread: who was seen there last */
    struct track_key *seen = &running[(pid * 31 + thread) % array_length(running)];

    k = seen->id ? find_track(seen->pid, seen->id) : NULL;
    if (k && k != now && k->state == RUNNING && k->thread == thread && k->key.pid == pid)
        enter_state(k, RUNNABLE, ns, "runnable", NULL);
    *seen = now->key;
}

/* -- who hears whom ----------------------------------------------------------------------------------------------------- */

static struct release *release_of(uint64_t pid, uint64_t clock) {
    return &trace.releases[(clock * UINT64_C(0x9e3779b97f4a7c15) + pid) >> 48];
}

/* A receive shows in the exchange that follows a use which was no send. */
static void end_use(struct process *p, struct track *k, uint64_t ns) {
    struct text t = {0};

    if (!k->use.kind || k->sending) return;
    text_print(&t, "receive from %s", event_name(p, &k->use)->name);
    write_instant(k, ns, t.data, "channel", event_name(p, &k->use)->place);
    k->use.kind = 0;
    text_free(&t);
}

static void hear(struct process *p, struct track *k, const struct wire_event *e) {
    const struct release *r = release_of(p->pid, e->other);

    end_use(p, k, e->ns);
    if (r->pid == p->pid && r->clock == e->other && r->task != e->task)
        write_arrow(p->pid, r->task, r->ns, e->task, e->ns);
}

static void tell(const struct process *p, const struct wire_event *e) {
    *release_of(p->pid, e->other) = (struct release){.pid = p->pid, .clock = e->other, .task = e->task, .ns = e->ns};
}

static void meet(struct process *p, struct track *k, const struct wire_event *e) {
    struct track *other = track_of(p->pid, e->other);

    if (!other) return;
    bool swapped = other->sending && !k->sending;
    write_arrow(p->pid, swapped ? other->key.id : k->key.id, e->ns, swapped ? k->key.id : other->key.id, e->ns);
    end_use(p, k, e->ns);
    end_use(p, other, e->ns);
}

/* -- events ------------------------------------------------------------------------------------------------------------- */

static void create(struct process *p, const struct wire_event *e) {
    struct track *k = track_of(p->pid, e->other), *parent = find_track(p->pid, e->task);
    struct frame entry = symbols_function(p, e->value);

    if (!k) return;
    name_track(p, e->other, entry.function);
    enter_state(k, RUNNABLE, e->ns, "runnable", NULL);
    if (!parent) return;
    write_instant(parent, e->ns, e->other_thread ? "start a thread" : "go", "goroutine", event_name(p, e)->place);
    write_arrow(p->pid, e->task, e->ns, e->other, e->ns);
}

static void rename_track(struct process *p, const struct wire_event *e) {
    char name[25] = {0};

    memcpy(name, &e->other, 8);
    memcpy(name + 8, &e->value, 8);
    memcpy(name + 16, &e->pc, 8);
    name_track(p, e->task, name);
}

static void block(struct process *p, struct track *k, const struct wire_event *e) {
    const struct event_name *n = event_name(p, e);
    struct text t = {0};

    text_print(&t, k->state == BLOCKED ? "or %s" : "blocked: %s", n->name);
    if (k->state == BLOCKED) write_instant(k, e->ns, t.data, "state", n->place);
    else enter_state(k, BLOCKED, e->ns, t.data, n->place);
    text_free(&t);
}

static void operate(struct process *p, struct track *k, const struct wire_event *e, const char *verb,
                    const char *category) {
    const struct event_name *n = event_name(p, e);
    struct text t = {0};

    text_print(&t, "%s %s", verb, n->name);
    write_instant(k, e->ns, t.data, category, n->place);
    text_free(&t);
}

static void take_event(struct process *p, const struct wire_event *e) {
    struct track *k;

    if (e->kind == WIRE_EVENT_CREATE) {
        create(p, e);
        return;
    }
    if (e->thread && !find_track(p->pid, e->task)) return; /* nobody's of the program: the runtime's own */
    if (!(k = track_of(p->pid, e->task))) return;
    switch (e->kind) {
    case WIRE_EVENT_NAME: rename_track(p, e); break;
    case WIRE_EVENT_END:
        enter_state(k, ABSENT, e->ns, NULL, NULL);
        HASH_DEL(trace.tracks, k);
        free(k);
        break;
    case WIRE_EVENT_RUN:
        take_thread(p->pid, k, e->value, e->ns);
        k->thread = e->value;
        if (k->state != RUNNING) enter_state(k, RUNNING, e->ns, "running", NULL);
        break;
    case WIRE_EVENT_BLOCK: block(p, k, e); break;
    case WIRE_EVENT_READY:
        if (k->state == BLOCKED) enter_state(k, RUNNABLE, e->ns, "runnable", NULL);
        break;
    case WIRE_EVENT_UNBLOCK:
        if (k->state == BLOCKED) enter_state(k, RUNNING, e->ns, "running", NULL);
        break;
    case WIRE_EVENT_USE:
        k->use = *e;
        k->sending = false;
        break;
    case WIRE_EVENT_SEND:
        k->sending = true;
        operate(p, k, e, "send to", "channel");
        break;
    case WIRE_EVENT_CLOSE: operate(p, k, e, "close", "channel"); break;
    case WIRE_EVENT_LOCK:
        operate(p, k, e, e->value ? "lock for reading" : "lock", "lock");
        hear(p, k, e); /* a lock's address is its clock's name */
        break;
    case WIRE_EVENT_UNLOCK:
        operate(p, k, e, "unlock", "lock");
        if (!e->value) tell(p, e);
        break;
    case WIRE_EVENT_ADD: operate(p, k, e, (int64_t)e->value < 0 ? "done" : "add to", "WaitGroup"); break;
    case WIRE_EVENT_WAIT: operate(p, k, e, "wait for", "WaitGroup"); break;
    case WIRE_EVENT_RELEASE: tell(p, e); break;
    case WIRE_EVENT_ACQUIRE: hear(p, k, e); break;
    case WIRE_EVENT_EXCHANGE:
        hear(p, k, e);
        tell(p, e);
        break;
    case WIRE_EVENT_MEET: meet(p, k, e); break;
    }
}

/* -- the interface ------------------------------------------------------------------------------------------------------ */

void trace_begin(const char *path) {
    trace.file = strcmp(path, "-") ? fopen(path, "we") : stdout;
    if (!trace.file) give_up(EXIT_MISUSE, "cannot write %s: %s", path, strerror(errno));
    trace.path = path;
    trace.comma = "";
    trace.releases = memory_new(CLOCKS * sizeof *trace.releases);
    fputc('[', trace.file);
}

static void begin_process(struct process *p) {
    struct track *main;

    if (trace.named_pid == p->pid) return;
    trace.named_pid = p->pid;
    write_title(p->pid, 0, "process_name", p->program ? path_last(p->program) : "program");
    if (find_track(p->pid, 1)) return;
    name_track(p, 1, "main");
    main = track_of(p->pid, 1);
    if (main) enter_state(main, RUNNING, trace.begin_ns, "running", NULL);
}

static void take_list(struct process *p, const struct wire_field *f) {
    struct wire_event e;

    for (size_t i = 0; i + sizeof e <= f->length; i += sizeof e) {
        memcpy(&e, f->data + i, sizeof e);
        if (!trace.begin_ns) trace.begin_ns = e.ns;
        if (e.ns > trace.last_ns) trace.last_ns = e.ns;
        if (e.thread) e.task |= THREADS;
        if (e.other_thread) e.other |= THREADS;
        e.ns = trace.last_ns; /* the clock does not go back; another process's may be read a little late */
        begin_process(p);
        take_event(p, &e);
    }
}

void trace_events(struct process *p, struct wire_reader payload) {
    struct wire_field f;

    if (!trace.file) return;
    while (wire_next(&payload, &f) == 1) {
        if (f.tag == WIRE_EVENT_LIST) take_list(p, &f);
        if (f.tag == WIRE_EVENTS_LOST) trace.lost += wire_field_number(&f);
    }
    fflush(trace.file);
}

void trace_finding(const struct model_finding *f) {
    size_t task = f->access_count ? f->accesses[0].task : f->part_count ? f->parts[0].task : NO_TASK;
    struct track *k;
    struct text t = {0}, place = {0};

    if (!trace.file) return;
    k = task == NO_TASK ? NULL : track_of(f->process->pid, f->tasks[task].id);
    if (!k) k = track_of(f->process->pid, 1);
    if (!k) return;
    text_print(&t, "%s %s", f->code, f->title);
    if (f->place.file) put_place(&place, &f->place);
    write_instant(k, trace.last_ns, t.data, "finding", place.data);
    text_free(&t);
    text_free(&place);
}

void trace_end(void) {
    struct track *k, *next;

    if (!trace.file) return;
    HASH_ITER(hh, trace.tracks, k, next) {
        if (k->state != ABSENT) enter_state(k, ABSENT, trace.last_ns, NULL, NULL);
        HASH_DEL(trace.tracks, k);
        free(k);
    }
    event_names_free();
    fputs("\n]\n", trace.file);
    if (trace.lost) complain("%llu events are missing from %s", (unsigned long long)trace.lost, trace.path);
    if (fflush(trace.file) != 0 || ferror(trace.file)) complain("writing %s failed: %s", trace.path, strerror(errno));
    if (trace.file != stdout) fclose(trace.file);
    free(trace.releases);
    trace.file = NULL;
}
