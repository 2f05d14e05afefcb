/* The wire's encoder and its field walker: records built in a caller's buffer, read back in place.
 *
 * Always true
 *  1. A writer never stores past buffer + size nor past WIRE_PAYLOAD_MAX of payload: a field that does not fit is left
 *     out whole, `overflow` is set, and wire_end then refuses to make a record.
 *  2. wire_next never reads outside [at, end), whatever the bytes are.
 *  3. A stack that was shortened keeps its innermost and outermost halves; the gap is behind the first
 *     (count + 1) / 2 frames, so shortening twice gives the same as shortening once.
 *
 * Threads: a writer or reader belongs to one thread; nothing here is shared, allocates, or calls anything but
 * memcpy. Both ends link this file.
 *
 * Not done: the crc32 instruction. A finding is some 3 KiB and is sent once; the nibble table takes 11 µs for it,
 * needs no CPU test, and 64 bytes of table instead of 1 KiB. */
#include "detector/wire.h"
#include "detector/finding.h"
#include "runtime/base/base.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the wire is little-endian and written as it lies");

struct field_head {
    uint16_t tag, flags;
    uint32_t length;
};
_Static_assert(sizeof(struct field_head) == 8, "a field's head has no padding");

/* -- checksum ------------------------------------------------------------------------------------------------ */

uint32_t wire_crc(uint32_t crc, const void *data, size_t n) {
    /* the reflected polynomial 0x82f63b78 applied to each value of four bits */
    static const uint32_t nibble[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    const uint8_t *p = data;

    crc = ~crc;
    for (; n; n--, p++) {
        crc ^= *p;
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

static uint32_t checksum_of(const struct wire_header *h, const void *payload) {
    uint32_t crc = wire_crc(0, &h->type, sizeof h->type);

    crc = wire_crc(crc, &h->length, sizeof h->length);
    crc = wire_crc(crc, &h->pid, sizeof h->pid);
    crc = wire_crc(crc, &h->sequence, sizeof h->sequence);
    return wire_crc(crc, payload, h->length);
}

/* -- writing ------------------------------------------------------------------------------------------------- */

void wire_begin(struct wire_writer *w, void *buffer, size_t size, enum wire_type type) {
    struct wire_header h = {.magic = WIRE_MAGIC, .version = WIRE_VERSION, .type = (uint16_t)type};

    if (size > sizeof h + WIRE_PAYLOAD_MAX) size = sizeof h + WIRE_PAYLOAD_MAX;
    *w = (struct wire_writer){.buffer = buffer, .size = size};
    if (size < sizeof h) {
        w->overflow = 1;
        return;
    }
    memcpy(buffer, &h, sizeof h);
    w->length = sizeof h;
}

/* Room for a field of n bytes, its head filled in; NULL and overflow if there is none. */
static uint8_t *add_field(struct wire_writer *w, enum wire_tag tag, size_t n) {
    struct field_head head = {.tag = (uint16_t)tag, .length = (uint32_t)n};
    uint8_t *at = w->buffer + w->length;

    if (w->overflow || n > WIRE_PAYLOAD_MAX || w->size - w->length < sizeof head + n) {
        w->overflow = 1;
        return NULL;
    }
    memcpy(at, &head, sizeof head);
    w->length += sizeof head + n;
    return at + sizeof head;
}

void wire_number(struct wire_writer *w, enum wire_tag tag, uint64_t v) { wire_bytes(w, tag, &v, sizeof v); }

void wire_bytes(struct wire_writer *w, enum wire_tag tag, const void *data, size_t n) {
    uint8_t *at = add_field(w, tag, n);

    if (at && n) memcpy(at, data, n);
}

void wire_append(struct wire_writer *w, const void *data, size_t n) {
    if (w->overflow || n > WIRE_PAYLOAD_MAX || w->size - w->length < n) {
        w->overflow = 1;
        return;
    }
    if (n) memcpy(w->buffer + w->length, data, n);
    w->length += n;
}

void wire_string(struct wire_writer *w, enum wire_tag tag, const char *s) { wire_bytes(w, tag, s, strlen(s)); }

size_t wire_nest(struct wire_writer *w, enum wire_tag tag) {
    add_field(w, tag, 0);
    return w->length;
}

void wire_unnest(struct wire_writer *w, size_t mark) {
    uint32_t length = (uint32_t)(w->length - mark);

    if (w->overflow) return;
    memcpy(w->buffer + mark - sizeof length, &length, sizeof length); /* the head's last member */
}
_Static_assert(offsetof(struct field_head, length) + sizeof(uint32_t) == sizeof(struct field_head), "");

size_t wire_end(struct wire_writer *w, uint32_t pid, uint32_t sequence) {
    struct wire_header h;

    if (w->overflow) return 0;
    memcpy(&h, w->buffer, sizeof h);
    h.length = (uint32_t)(w->length - sizeof h);
    h.pid = pid;
    h.sequence = sequence;
    h.checksum = checksum_of(&h, w->buffer + sizeof h);
    memcpy(w->buffer, &h, sizeof h);
    return w->length;
}

/* -- a finding --------------------------------------------------------------------------------------------------- */

/* A stack of at most `limit` frames, followed by how many are missing. An empty stack is left out. */
static void put_stack(struct wire_writer *w, enum wire_tag tag, const struct finding_stack *s, uint32_t limit) {
    uint32_t kept = s->count < limit ? s->count : limit, inner = (kept + 1) / 2, outer = kept - inner;
    uint32_t omitted = s->omitted + (s->count - kept);
    uint8_t *at;

    if (!s->count) return;
    at = add_field(w, tag, kept * sizeof(uint64_t));
    if (!at) return;
    _Static_assert(sizeof(uintptr_t) == sizeof(uint64_t), "a frame is eight bytes on the wire");
    memcpy(at, s->frames, inner * sizeof(uint64_t));
    memcpy(at + inner * sizeof(uint64_t), s->frames + s->count - outer, outer * sizeof(uint64_t));
    if (omitted) wire_number(w, WIRE_OMITTED, omitted);
}

static void put_lock(struct wire_writer *w, const struct finding_lock *l, uint32_t limit) {
    size_t mark = wire_nest(w, WIRE_LOCK);

    wire_number(w, WIRE_OBJECT_KIND, l->kind);
    wire_number(w, WIRE_ADDRESS, l->address);
    wire_number(w, WIRE_READ, l->read);
    put_stack(w, WIRE_TAKEN_STACK, &l->taken, limit);
    wire_unnest(w, mark);
}

static void put_access(struct wire_writer *w, const struct finding_access *a, uint32_t limit) {
    size_t mark = wire_nest(w, WIRE_ACCESS);

    wire_number(w, WIRE_KIND, a->kind);
    wire_number(w, WIRE_ADDRESS, a->address);
    wire_number(w, WIRE_SIZE, a->size);
    wire_number(w, WIRE_TASK_INDEX, a->task);
    if (a->epoch) wire_number(w, WIRE_EPOCH, a->epoch);
    put_stack(w, WIRE_STACK, &a->stack, limit);
    for (uint32_t i = 0; i < a->lock_count; i++) put_lock(w, &a->locks[i], limit);
    wire_unnest(w, mark);
}

static void put_part(struct wire_writer *w, const struct finding_part *p, uint32_t limit) {
    size_t mark = wire_nest(w, WIRE_PART);

    wire_number(w, WIRE_ROLE, p->role);
    wire_number(w, WIRE_TASK_INDEX, p->task);
    wire_number(w, WIRE_OBJECT_KIND, p->kind);
    wire_number(w, WIRE_OBJECT, p->object);
    wire_number(w, WIRE_CASES, p->cases);
    wire_number(w, WIRE_COUNT, p->count);
    wire_number(w, WIRE_WAITED_NS, p->waited_ns);
    if (p->forever) wire_number(w, WIRE_FOREVER, 1);
    if (p->side) wire_number(w, WIRE_SIDE, p->side);
    if (p->clue) wire_number(w, WIRE_CLUE, p->clue);
    if (p->started) wire_number(w, WIRE_STARTED, p->started), wire_number(w, WIRE_CALLED, p->called);
    put_stack(w, WIRE_STACK, &p->stack, limit);
    put_stack(w, WIRE_MADE_STACK, &p->made, limit);
    for (uint32_t i = 0; i < p->lock_count; i++) put_lock(w, &p->locks[i], limit);
    wire_unnest(w, mark);
}

static void put_task(struct wire_writer *w, const struct finding_task *t, uint32_t limit) {
    size_t mark = wire_nest(w, WIRE_TASK);

    wire_number(w, WIRE_ID, t->id);
    wire_number(w, WIRE_KIND, t->kind);
    wire_number(w, WIRE_STATE, t->state);
    wire_number(w, WIRE_PARENT_ID, t->parent_id);
    wire_number(w, WIRE_PARENT_THREAD, t->parent_thread);
    wire_bytes(w, WIRE_NAME, t->name, strnlen(t->name, sizeof t->name));
    wire_number(w, WIRE_ENTRY, t->entry);
    wire_number(w, WIRE_HEARD, t->heard);
    put_stack(w, WIRE_CREATED_STACK, &t->created, limit);
    put_stack(w, WIRE_NOW_STACK, &t->now, limit);
    wire_unnest(w, mark);
}

static void put_handover(struct wire_writer *w, const struct finding_handover *h) {
    uintptr_t pcs[2] = {h->from, h->to};
    size_t mark = wire_nest(w, WIRE_HANDOVER);

    for (int i = 0; i < 2 && h->lock; i++) {
        struct finding_lock l = {.kind = h->kind, .address = h->lock, .taken = {.frames = &pcs[i], .count = 1}};
        put_lock(w, &l, 1);
    }
    wire_unnest(w, mark);
}

static void put_finding(struct wire_writer *w, const struct finding *f, uint32_t limit) {
    wire_bytes(w, WIRE_CODE, f->code, strnlen(f->code, sizeof f->code));
    if (f->also[0]) wire_bytes(w, WIRE_ALSO, f->also, strnlen(f->also, sizeof f->also));
    wire_number(w, WIRE_SEVERITY, f->severity);
    wire_number(w, WIRE_CERTAINTY, f->certainty);
    wire_number(w, WIRE_NUMBER, f->number);
    for (uint32_t i = 0; i < f->access_count; i++) put_access(w, &f->accesses[i], limit);
    wire_number(w, WIRE_MEMORY, f->memory);
    wire_number(w, WIRE_BLOCK, f->block);
    wire_number(w, WIRE_BLOCK_SIZE, f->block_size);
    wire_number(w, WIRE_BLOCK_TASK, f->block_task_id);
    put_stack(w, WIRE_BLOCK_STACK, &f->block_stack, limit);
    put_stack(w, WIRE_FREED_STACK, &f->freed_stack, limit);
    wire_number(w, WIRE_OBJECT_KIND, f->object_kind);
    wire_number(w, WIRE_OBJECT, f->object);
    if (f->parts_omitted) wire_number(w, WIRE_PARTS_OMITTED, f->parts_omitted);
    for (uint32_t i = 0; i < f->part_count; i++) put_part(w, &f->parts[i], limit);
    if (f->reorderable) put_handover(w, &f->handover);
    for (uint32_t i = 0; i < f->task_count; i++) put_task(w, &f->tasks[i], limit);
}

size_t wire_finding(void *buffer, size_t size, enum wire_type type, const struct finding *f, uint32_t pid,
                    uint32_t sequence) {
    for (uint32_t limit = FINDING_FRAMES_MAX; limit; limit /= 2) {
        struct wire_writer w;

        wire_begin(&w, buffer, size, type);
        put_finding(&w, f, limit);
        if (!w.overflow) return wire_end(&w, pid, sequence);
    }
    return 0;
}

/* -- reading ----------------------------------------------------------------------------------------------------- */

int wire_next(struct wire_reader *r, struct wire_field *f) {
    struct field_head head;
    size_t left = (size_t)(r->end - r->at);

    if (!left) return 0;
    if (left < sizeof head) return -1;
    memcpy(&head, r->at, sizeof head);
    if (head.length > left - sizeof head) return -1;
    *f = (struct wire_field){.tag = head.tag, .length = head.length, .data = r->at + sizeof head};
    r->at += sizeof head + head.length;
    return 1;
}

struct wire_reader wire_inside(const struct wire_field *f) {
    return (struct wire_reader){.at = f->data, .end = f->data + f->length};
}

uint64_t wire_field_number(const struct wire_field *f) {
    uint64_t v;

    if (f->length != sizeof v) return 0;
    memcpy(&v, f->data, sizeof v);
    return v;
}

const char *wire_check(const struct wire_header *h, const void *payload, size_t available) {
    if (h->magic != WIRE_MAGIC) return "not a goro record: wrong magic number";
    if (h->version != WIRE_VERSION) return "a record of another version of goro";
    if (h->length > WIRE_PAYLOAD_MAX) return "a record longer than any can be";
    if (h->length > available) return "a record cut short";
    if (checksum_of(h, payload) != h->checksum) return "a record whose checksum is wrong";
    return NULL;
}
