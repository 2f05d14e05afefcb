/* The id of a finding: what two findings must have in common to be one.
 *
 * Always true
 *  1. The id depends on the code, the variable, the functions of the user's stacks, their files' names and the lines
 *     counted from the start of their function: not on addresses, on which of the two accesses came first, on lines
 *     added elsewhere in the file, nor on how deep a recursion was.
 *
 * Not done: lines as they are (every edit above a known finding would make it new), and no lines at all (two races in
 * one function would be one). */
#include "reports/model.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a, as its authors' page gives it. */
static uint64_t hash_bytes(uint64_t h, const void *data, size_t n) {
    const uint8_t *p = data;

    for (; n; n--, p++) h = (h ^ *p) * 0x100000001b3;
    return h;
}
static uint64_t hash_text(uint64_t h, const char *s) {
    return hash_bytes(h, s ? s : "?", s ? strlen(s) + 1 : 2);
}

static uint64_t hash_frame(uint64_t h, const struct frame *f) {
    const char *file = f->file ? f->file : f->module;
    unsigned line = f->line - (f->function_line <= f->line ? f->function_line : 0);

    h = hash_text(h, f->function);
    h = hash_text(h, path_last(file));
    if (!f->line && !f->function) h = hash_bytes(h, &f->offset, sizeof f->offset);
    return hash_bytes(h, &line, sizeof line);
}

static uint64_t hash_stack(const struct stack *s) {
    uint64_t h = 0xcbf29ce484222325, last = 0, before = 0;

    for (size_t i = 0; i < s->count; i++) {
        uint64_t frame;
        if (s->frames[i].ours) continue;
        frame = hash_frame(0xcbf29ce484222325, &s->frames[i]);
        if (frame == last || frame == before) continue; /* recursion, also of two functions in turn */
        before = last;
        last = frame;
        h = hash_bytes(h, &frame, sizeof frame);
    }
    return h;
}

void finding_identify(struct model_finding *f) {
    bool ring = f->part_count && f->parts[0].role == FINDING_ASKS; /* which of the locks is told first is chance */
    uint64_t h = hash_text(hash_text(0xcbf29ce484222325, f->code), ring ? NULL : f->variable.whole), sum = 0;

    for (size_t i = 0; i < f->access_count; i++) sum += hash_stack(&f->accesses[i].stack);
    /* who used a channel before, and who has come to wait behind somebody, may differ from run to run */
    size_t parts = strcmp(f->code, "GD003") == 0 && f->part_count ? 1 : finding_count_parts(f);
    for (size_t i = 0; i < parts; i++) sum += hash_stack(&f->parts[i].stack);
    h = hash_bytes(h, &sum, sizeof sum);
    snprintf(f->id, sizeof f->id, "%08x", (unsigned)(h ^ h >> 32));
}
