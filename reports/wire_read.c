/* The wire's receiving end: records in, processes and modules known, the rest handed on.
 *
 * Always true
 *  1. in->record sees only records whose checksum is right; their fields may still be nonsense.
 *  2. A process's modules are in order of arrival; among those that contain an address the newest is the right one
 *     (an object that was closed again leaves its record, for findings that come later but speak of then).
 *  3. At most PROCESSES_MAX processes and MODULES_MAX modules each are kept; records of more are counted as lost.
 *
 * A pid may be used twice: an exec starts a new program in it, and the system gives it to another process later.
 * Both begin with a hello, which therefore always makes a new process of it. */
#include "reports/wire_read.h"
#include "reports/memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- processes ------------------------------------------------------------------------------------------------------ */

static struct process **bucket_of(struct wire_input *in, uint32_t pid) {
    return &in->bucket[pid % array_length(in->bucket)];
}

static struct process *find_process(struct wire_input *in, uint32_t pid) {
    struct process *p = *bucket_of(in, pid);

    while (p && p->pid != pid) p = p->same_pid;
    return p;
}

static struct process *add_process(struct wire_input *in, uint32_t pid) {
    struct process *p;

    if (in->process_count >= PROCESSES_MAX) return NULL;
    p = memory_new(sizeof *p);
    p->pid = pid;
    p->older = in->newest;
    p->same_pid = *bucket_of(in, pid); /* a newer one hides the older of the same pid */
    in->newest = *bucket_of(in, pid) = p;
    in->process_count++;
    return p;
}

static const char *field_text(const struct wire_field *f) {
    size_t n = strnlen((const char *)f->data, f->length);

    return intern_n((const char *)f->data, n < 4096 ? n : 4096);
}

static void read_hello(struct wire_input *in, struct process *p, struct wire_reader r) {
    struct wire_field f;

    p->hello = true;
    while (wire_next(&r, &f) == 1) {
        switch (f.tag) {
        case WIRE_PROGRAM: p->program = field_text(&f); break;
        case WIRE_PARENT_PID: p->parent_pid = (uint32_t)wire_field_number(&f); break;
        case WIRE_SEED: p->seed = wire_field_number(&f), p->seeded = true; break;
        case WIRE_INSTRUMENTED: p->instrumented = wire_field_number(&f) != 0; break;
        }
    }
    p->parent = p->parent_pid == p->pid ? NULL : find_process(in, p->parent_pid);
}

static void read_goodbye(struct process *p, struct wire_reader r) {
    struct wire_field f;

    p->goodbye = true;
    while (wire_next(&r, &f) == 1) {
        switch (f.tag) {
        case WIRE_TASKS_EVER: p->goroutines = wire_field_number(&f); break;
        case WIRE_MEMORY_BYTES: p->memory_bytes = wire_field_number(&f); break;
        }
    }
}

/* -- modules ---------------------------------------------------------------------------------------------------------- */

/* A name as it was given to dlopen is relative to where the program was then: most likely where it is now, else where
 * we are. Another file that is found so is known by its build id. */
static const char *whole_path(const struct process *p, const char *path) {
    char whole[8192], resolved[PATH_MAX];

    if (!path || path[0] == '/' || !strchr(path, '/')) return path;
    snprintf(whole, sizeof whole, "/proc/%u/cwd/%s", p->pid, path);
    if (realpath(whole, resolved) || realpath(path, resolved)) return intern(resolved);
    return path;
}

static bool parse_module(struct module *m, struct wire_reader r) {
    struct wire_field f;

    *m = (struct module){0};
    while (wire_next(&r, &f) == 1) {
        switch (f.tag) {
        case WIRE_PATH: m->path = field_text(&f); break;
        case WIRE_BIAS: m->bias = wire_field_number(&f); break;
        case WIRE_LOW: m->low = wire_field_number(&f); break;
        case WIRE_HIGH: m->high = wire_field_number(&f); break;
        case WIRE_GONE: m->gone = wire_field_number(&f) != 0; break;
        case WIRE_BUILD_ID:
            if (f.length > BUILD_ID_MAX) break;
            memcpy(m->build_id, f.data, f.length);
            m->build_id_length = f.length;
            break;
        }
    }
    return m->path && m->low < m->high;
}

static void read_module(struct wire_input *in, struct process *p, struct wire_reader r) {
    struct module m;

    if (!parse_module(&m, r)) return;
    m.path = whole_path(p, m.path);
    for (size_t i = p->module_count; i-- > 0;) {
        struct module *old = &p->modules[i];
        if (old->low != m.low || old->path != m.path) continue;
        old->gone = m.gone;
        if (m.gone || (old->high == m.high && old->bias == m.bias)) return; /* known already */
        break;
    }
    if (p->module_count >= MODULES_MAX) {
        in->lost++;
        return;
    }
    p->modules = memory_grow(p->modules, p->module_count, &p->module_capacity, sizeof m);
    p->modules[p->module_count++] = m;
}

struct module *process_module(struct process *p, uint64_t address) {
    for (int generations = 0; p && generations < 64; p = p->parent, generations++)
        for (size_t i = p->module_count; i-- > 0;)
            if (address >= p->modules[i].low && address < p->modules[i].high) return &p->modules[i];
    return NULL;
}

/* -- records ------------------------------------------------------------------------------------------------------------ */

static void note_damage(struct wire_input *in, const char *what) {
    if (!in->damaged++) in->damage = what;
}

static void count_gap(struct wire_input *in, struct process *p, uint32_t sequence) {
    if (sequence > p->next_sequence) in->lost += sequence - p->next_sequence;
    p->next_sequence = sequence + 1;
}

static void take_record(struct wire_input *in, const struct wire_header *h, const uint8_t *payload) {
    struct wire_reader r = {payload, payload + h->length};
    struct process *p = find_process(in, h->pid);

    if (!p || (h->type == WIRE_HELLO && p->hello)) {
        p = add_process(in, h->pid);
        if (p && h->type != WIRE_HELLO) p->next_sequence = h->sequence; /* we came in the middle */
    }
    if (!p) {
        in->lost++;
        return;
    }
    count_gap(in, p, h->sequence);
    switch (h->type) {
    case WIRE_HELLO: read_hello(in, p, r); break;
    case WIRE_MODULE: read_module(in, p, r); return;
    case WIRE_GOODBYE: read_goodbye(p, r); break;
    case WIRE_PICTURE: in->pictures += h->length == 0; break;
    }
    if (in->record) in->record(in->arg, p, h->type, r);
}

void wire_input_packet(struct wire_input *in, const void *data, size_t n) {
    struct wire_header h;
    const char *wrong;

    if (n < sizeof h) {
        note_damage(in, "a packet shorter than a record's header");
        return;
    }
    memcpy(&h, data, sizeof h);
    wrong = wire_check(&h, (const uint8_t *)data + sizeof h, n - sizeof h);
    if (!wrong && h.length != n - sizeof h) wrong = "a packet longer than its record";
    if (wrong)
        note_damage(in, wrong);
    else
        take_record(in, &h, (const uint8_t *)data + sizeof h);
}

/* Takes one record from the front of the pending bytes; how many bytes it had, 0 if it is not whole yet. */
static size_t take_pending(struct wire_input *in, const uint8_t *at, size_t n) {
    struct wire_header h;
    const char *wrong = NULL;

    if (n < sizeof h) return 0;
    memcpy(&h, at, sizeof h);
    if (h.magic != WIRE_MAGIC || h.version != WIRE_VERSION || h.length > WIRE_PAYLOAD_MAX)
        wrong = wire_check(&h, at + sizeof h, 0);
    else if (n - sizeof h < h.length)
        return 0;
    else
        wrong = wire_check(&h, at + sizeof h, n - sizeof h);
    if (wrong) {
        note_damage(in, wrong);
        in->broken = true;
        return n;
    }
    take_record(in, &h, at + sizeof h);
    return sizeof h + h.length;
}

void wire_input_bytes(struct wire_input *in, const void *data, size_t n) {
    enum { ROOM = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX };
    const uint8_t *from = data;

    if (!in->pending) in->pending = memory_new(ROOM);
    while (n > 0 && !in->broken) {
        size_t part = ROOM - in->pending_length < n ? ROOM - in->pending_length : n, done = 0, taken;

        memcpy(in->pending + in->pending_length, from, part);
        in->pending_length += part;
        from += part;
        n -= part;
        while (!in->broken && (taken = take_pending(in, in->pending + done, in->pending_length - done)))
            done += taken;
        in->pending_length -= done;
        memmove(in->pending, in->pending + done, in->pending_length);
    }
}

void wire_input_end(struct wire_input *in) {
    if (in->pending_length && !in->broken) note_damage(in, "a record cut short");
    in->pending_length = 0;
}

void wire_input_free(struct wire_input *in) {
    for (struct process *p = in->newest, *older; p; p = older) {
        older = p->older;
        free(p->modules);
        free(p);
    }
    free(in->pending);
    *in = (struct wire_input){0};
}
