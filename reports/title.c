/* The one line that says what was found, on what, and where that lies. */
#include "reports/left.h"
#include "reports/words.h"

#include <string.h>

static void put_bytes(struct text *t, uint64_t n) {
    text_print(t, "%llu byte%s", (unsigned long long)n, n == 1 ? "" : "s");
}

static void put_where(struct text *t, const struct model_finding *f) {
    const struct model_task *owner = finding_task_of(f, f->block_task_id);

    switch (f->memory) {
    case FINDING_GLOBAL: text_put(t, f->variable.function ? "static" : "global"); break;
    case FINDING_HEAP:
    case FINDING_HEAP_FREED:
        text_put(t, f->memory == FINDING_HEAP ? "in a " : "in a freed ");
        if (f->block_size) text_print(t, "%llu-byte ", (unsigned long long)f->block_size);
        text_put(t, "heap block");
        break;
    case FINDING_STACK:
    case FINDING_STACK_DEAD:
        text_put(t, f->memory == FINDING_STACK ? "on the stack of " : "on the dead stack of ");
        if (owner)
            put_task_short(t, owner);
        else if (f->block_task_id)
            text_print(t, "goroutine %llu", (unsigned long long)f->block_task_id);
        else
            text_put(t, "a goroutine");
        break;
    case FINDING_THREAD_LOCAL: text_put(t, "thread-local"); break;
    case FINDING_MAPPED: text_put(t, "in mapped memory"); break;
    case FINDING_STACK_LEFT:
        text_put(t, f->variable.name ? "of " : "in the frame of ");
        left_put_function(t, f);
        break;
    default: break;
    }
}

/* " (4 bytes, int, global)": size unless the name says it, type, place. */
static void put_details(struct text *t, const struct model_finding *f) {
    struct text parts = {0}, where = {0};
    bool named = f->variable.name || f->expression, left = f->memory == FINDING_STACK_LEFT;
    const struct model_access *a = left ? left_use(f) : &f->accesses[0];

    if (named && !(left && a->kind & ACCESS_MARK)) put_bytes(&parts, a->size); /* else an object as a whole */
    if (f->variable.type) text_print(&parts, "%s%s", parts.length ? ", " : "", f->variable.type);
    put_where(&where, f);
    if (where.length) text_print(&parts, "%s%s", parts.length ? ", " : "", where.data);
    if (f->variable.function && !left) text_print(&parts, " in %s", f->variable.function);
    if (parts.length && named)
        text_print(t, " (%s)", parts.data);
    else if (parts.length)
        text_print(t, " %s", parts.data);
    text_free(&parts);
    text_free(&where);
}

static uint64_t count_waiting(const struct model_finding *f) {
    uint64_t n = f->parts_omitted;

    for (size_t i = 0; i < f->part_count; i++) n += f->parts[i].role == FINDING_WAITS ? f->parts[i].count : 0;
    return n;
}

/* " of a, b and c"; nothing if the source tells no name for one of them. */
static void put_locks(struct text *t, const struct model_finding *f) {
    for (size_t i = 0; i < f->part_count; i++)
        if (!part_object_name(&f->parts[i])) return;
    for (size_t i = 0; i < f->part_count; i++) {
        text_put(t, i == 0 ? " of " : i + 1 < f->part_count ? ", " : " and ");
        text_put(t, part_object_name(&f->parts[i]));
    }
}

char *finding_title(const struct model_finding *f) {
    struct text t = {0};

    if (f->certainty == FINDING_PREDICTED) text_put(&t, "(predicted) ");
    if (f->certainty == FINDING_CONFIRMED) text_put(&t, "(confirmed) ");
    if (!strcmp(f->code, "GD001") && finding_is_of_threads(f)) text_put(&t, "deadlock: all threads are asleep");
    else if (f->memory == FINDING_STACK_LEFT) text_put(&t, "local variable used after its function returned");
    else text_put(&t, f->entry ? f->entry->kind : "finding of a newer goro");
    if (!strcmp(f->also, "GD001")) text_put(&t, "; all goroutines are asleep (GD001)");
    if (finding_is_pair(f) && !strncmp(f->code, "GR", 2)) {
        text_put(&t, !strcmp(f->code, "GR003") ? ": " : " on ");
        put_object(&t, f);
        put_details(&t, f);
    } else if (f->part_count > 1 && f->parts[0].role == FINDING_ASKS) {
        put_locks(&t, f);
    } else if (finding_count_parts(f) > 1 && f->code[1] == 'D') {
        uint64_t n = count_waiting(f);
        text_print(&t, " (%llu waiting)", (unsigned long long)n); /* on what follows below */
    } else if (f->variable.name) {
        text_print(&t, ": %s", f->variable.name);
    } else if (f->object_kind && f->object_kind != FINDING_CHAN && f->object_kind != FINDING_WG) {
        text_print(&t, " (a %s)",
                   object_kind_name(f->object_kind)); /* the others' kinds are in the code's own */
    }
    return t.data;
}
