/* Ends of one kind have the same words, but for numbers in them, and the same place. */
#include "reports/faults.h"
#include "reports/memory.h"
#include "reports/source.h"
#include "reports/symbols.h"
#include "reports/text_parts.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { KINDS_MAX = 1000, WORDS_MAX = 300 };

struct kind {
    UT_hash_handle hh;
    char *key, *words;
    uint64_t count;
};
static struct kind *kinds;

static bool is_at_hand(const struct frame *f) { return !f->ours && f->line && source_line(f->file, f->line); }

/* A library's frames, whose mistake it rarely is, and what has called main. If no source is at hand, all that have a line. */
static void hide_libraries(struct stack *s) {
    bool any = false;

    for (size_t i = 0; i < s->count; i++) any |= is_at_hand(&s->frames[i]);
    for (size_t i = 0; i < s->count; i++) s->frames[i].ours |= any ? !is_at_hand(&s->frames[i]) : !s->frames[i].line;
}

/* -- kinds --------------------------------------------------------------------------------------------------------- */

static void put_without_numbers(struct text *t, const char *words) {
    for (; *words; words++)
        if (*words < '0' || *words > '9') text_char(t, *words);
}

static struct kind *kind_of(const char *words, const struct stack *s) {
    struct text key = {0}, told = {0};
    struct kind *k;

    put_without_numbers(&key, words);
    if (stack_place(s)) put_place(&key, stack_place(s));
    HASH_FIND_STR(kinds, key.data, k);
    if (!k && HASH_COUNT(kinds) < KINDS_MAX) {
        k = memory_new(sizeof *k);
        k->key = memory_string(key.data);
        text_put(&told, words);
        if (stack_place(s)) text_put(&told, " at "), put_place(&told, stack_place(s));
        k->words = memory_string(told.data);
        text_free(&told);
        HASH_ADD_KEYPTR(hh, kinds, k->key, strlen(k->key), k);
    }
    text_free(&key);
    return k;
}

/* -- one end ------------------------------------------------------------------------------------------------------- */

struct end {
    struct text words; /* its first line, fit for a terminal */
    struct stack stack;
};

static struct end read_end(struct process *p, struct wire_reader payload) {
    struct end e = {0};
    struct wire_field field;
    uint64_t pcs[FINDING_FRAMES_MAX];

    while (wire_next(&payload, &field) == 1) {
        if (field.tag == WIRE_MESSAGE) {
            struct text line = {0};
            text_print(&line, "%.*s", (int)(field.length < WORDS_MAX ? field.length : WORDS_MAX),
                       (const char *)field.data);
            if (line.data) line.data[strcspn(line.data, "\n")] = 0;
            text_shown(&e.words, line.data ? line.data : "", WORDS_MAX);
            text_free(&line);
        }
        if (field.tag != WIRE_STACK || e.stack.frames) continue;
        size_t n = field.length < sizeof pcs ? field.length / sizeof *pcs : FINDING_FRAMES_MAX;
        memcpy(pcs, field.data, n * sizeof *pcs);
        e.stack = symbols_stack(p, pcs, n, 0);
        hide_libraries(&e.stack);
    }
    if (!e.words.data) text_put(&e.words, "");
    return e;
}

static void write_place(struct text *out, const struct end *e, const struct run *run, const char *where) {
    if (!stack_place(&e->stack)) return;
    text_print(out, "\n  It happened here%s:\n", where);
    text_stack(out, &e->stack, run, stack_place(&e->stack));
}

void faults_take(struct text *out, struct process *p, struct wire_reader payload, const struct run *run, bool of_many) {
    struct end e = read_end(p, payload);
    struct kind *k = of_many ? kind_of(e.words.data, &e.stack) : NULL;

    if (!of_many) {
        write_place(out, &e, run, "");
        if (out->data) text_char(out, '\n');
    } else if (k && k->count++ == 0) {
        text_print(out, "\n%s\n", e.words.data);
        write_place(out, &e, run, ", in a schedule");
        if (run->again && p->seeded) {
            text_print(out, "  Again: goro-race --seed %llu ", (unsigned long long)p->seed);
            text_shown(out, run->again, 400);
            text_char(out, '\n');
        }
    }
    free(e.stack.frames);
    text_free(&e.words);
}

void faults_tell(void) {
    struct kind *k, *next;

    if (HASH_COUNT(kinds) < 2) return; /* how many ended so has been said of all together */
    HASH_ITER(hh, kinds, k, next)
    complain("%llu schedule%s: %s", (unsigned long long)k->count, k->count == 1 ? "" : "s", k->words);
}
