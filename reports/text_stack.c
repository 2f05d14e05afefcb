/* Stacks in the text report: one call a line, the source line with its caret beside the first two.
 *
 * Always true
 *  1. Without verbose a stack takes at most STACK_LINES lines: a recursion two, what is too much in the middle one. Where
 *     there is no room beside the frames, the source takes two more. */
#include "reports/source.h"
#include "reports/text_parts.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_LINES = 7, INDENT = 6, NAME_COLUMNS = 28, PLACE_COLUMNS = 32, NUMBER_COLUMNS = 8 };

void text_paint(struct text *t, const struct run *run, enum paint p) {
    static const char *const codes[] = {"\033[0m",    "\033[1m",  "\033[1;31m", "\033[1;33m",
                                        "\033[1;36m", "\033[32m", "\033[2m"};

    if (run->color) text_put(t, codes[p]);
}

size_t text_width(const char *s) {
    size_t n = 0;

    for (; *s; s++) n += (*s & 0xc0) != 0x80;
    return n;
}

/* A source line fit for a terminal: indentation dropped, tabs as blanks, and the column under which the caret goes. */
struct excerpt {
    struct text line;
    int caret; /* -1: none */
    unsigned number;
};

/* A copy of n characters with tabs as blanks; to be freed. */
static char *copy_plain(const char *s, size_t n) {
    char *copy = memory_new(n + 1);

    for (size_t i = 0; i < n; i++) copy[i] = s[i] == '\t' ? ' ' : s[i];
    return copy;
}

/* Puts the line; if it is too long, rather without the comment at its end. */
static void put_line(struct text *t, const char *line, size_t room) {
    char *code = copy_plain(line, strlen(line)), *comment = strstr(code, "//");

    if (comment && strlen(line) > room) *comment = 0;
    for (size_t n = strlen(code); n && code[n - 1] == ' ';) code[--n] = 0;
    text_shown(t, code, room);
    free(code);
}

/* How many columns the characters before the caret take. */
static int columns_before(const char *s, size_t n) {
    struct text shown = {0};
    char *head = copy_plain(s, n);
    int columns = (int)text_shown(&shown, head, 1000);

    free(head);
    text_free(&shown);
    return columns;
}

static struct excerpt make_excerpt(const struct frame *f, int room) {
    struct excerpt e = {.caret = -1, .number = f->line};
    const char *source = source_line(f->file, f->line);
    size_t first = source ? strspn(source, " \t") : 0, from = first, column = f->column;

    if (!source || room < 20 || !source[first]) return e;
    /* a column far to the right: drop what would push it out */
    if (column > first + (size_t)room - 10) from = column - (size_t)room / 2;
    if (from > strlen(source)) from = first;
    while (from > first && ((unsigned char)source[from] & 0xc0) == 0x80) from--;
    if (from > first) text_put(&e.line, "...");
    if (column > from && column <= strlen(source))
        e.caret = (int)e.line.length + columns_before(source + from, column - 1 - from);
    put_line(&e.line, source + from, (size_t)room - 3 - e.line.length);
    if (e.caret > (int)text_width(e.line.data)) e.caret = -1;
    return e;
}

static void put_frame_name(struct text *t, const struct frame *f) {
    text_shown(t, f->function ? f->function : "?", NAME_COLUMNS - 3);
}

static void put_frame_place(struct text *t, const struct frame *f) {
    struct text place = {0};
    size_t n;

    put_place(&place, f);
    n = text_width(place.data);
    if (n > PLACE_COLUMNS) { /* the end of a path says more than its start */
        text_put(t, "...");
        text_shown(t, place.data + place.length - (PLACE_COLUMNS - 3), PLACE_COLUMNS);
    } else {
        text_shown(t, place.data, PLACE_COLUMNS);
    }
    if (f->inlined) text_put(t, " (inlined)");
    text_free(&place);
}

/* Which frames are shown: the user's, a recursion once, the innermost ones and the last if there are too many. */
struct shown {
    const struct frame *frame; /* NULL: a line that says how many are left out */
    uint64_t hidden;
    bool again; /* ... which are the frame before, called by itself */
};

static bool is_same_call(const struct frame *a, const struct frame *b) {
    return a->function && a->function == b->function && a->file == b->file && a->line == b->line && a->line;
}

/* The frames of a kind in one line each, repetitions folded. */
static size_t fold_frames(const struct stack *s, const struct run *run, bool ours_too, struct shown *out) {
    const struct frame *last = NULL;
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        if (s->omitted && i == s->omitted_at) out[n++] = (struct shown){.hidden = s->omitted}, last = NULL;
        if (f->ours && !ours_too) continue;
        if (last && is_same_call(last, f) && !run->verbose) {
            if (out[n - 1].frame) out[n++] = (struct shown){.again = true};
            out[n - 1].hidden++;
            continue;
        }
        out[n++] = (struct shown){.frame = last = f};
    }
    return n;
}

static size_t choose_frames(const struct stack *s, const struct run *run, struct shown *out) {
    size_t n = fold_frames(s, run, run->verbose, out);

    if (!n) n = fold_frames(s, run, true, out); /* nothing of the user's: better the runtime's than nothing */
    if (n > STACK_LINES && !run->verbose) {
        size_t dropped = n - STACK_LINES + 1;
        out[STACK_LINES - 2] = (struct shown){.hidden = dropped};
        out[STACK_LINES - 1] = out[n - 1];
        n = STACK_LINES;
    }
    return n;
}

static void write_address(struct text *out, const struct frame *f) {
    if (report_style.stable) return;
    text_print(out, "  0x%llx", (unsigned long long)f->pc);
    if (!f->module) return;
    text_put(out, " = ");
    text_shown(out, shown_file(f->module), 200);
    text_print(out, "+0x%llx", (unsigned long long)f->offset);
}

/* Where things stand: the frames' columns, and the source's, beside them or on lines of its own. */
struct layout {
    int names;  /* columns of the longest name */
    int source; /* column of the source's line number */
    bool below;
};

static struct layout lay_out(const struct shown *lines, size_t n, const struct run *run) {
    struct layout l = {0};
    int places = 0;

    for (size_t i = 0; i < n; i++) {
        struct text name = {0}, place = {0};
        if (!lines[i].frame) continue;
        put_frame_name(&name, lines[i].frame);
        put_frame_place(&place, lines[i].frame);
        if ((int)text_width(name.data) > l.names) l.names = (int)text_width(name.data);
        if (i < 2 && (int)text_width(place.data) > places)
            places = (int)text_width(place.data); /* beside these */
        text_free(&name);
        text_free(&place);
    }
    l.source = INDENT + l.names + 3 + places + 3;
    l.below = run->verbose || run->width - l.source - NUMBER_COLUMNS < 36;
    if (l.below) l.source = INDENT + 4;
    return l;
}

static void put_shown(struct text *out, const struct shown *s, const struct layout *l,
                      const struct run *run) {
    size_t start = out->length;

    text_fill(out, ' ', INDENT);
    if (!s->frame) {
        text_print(out, "... %llu more%s", (unsigned long long)s->hidden,
                   !s->again        ? ""
                   : s->hidden == 1 ? " call of itself"
                                    : " calls of itself");
        return;
    }
    put_frame_name(out, s->frame);
    text_fill(out, ' ', INDENT + l->names + 3 - (int)text_width(out->data + start));
    put_frame_place(out, s->frame);
    if (run->verbose) write_address(out, s->frame);
}

/* Up to the column, from the start of the line. */
static void fill_to(struct text *out, size_t start, int column) {
    text_fill(out, ' ', column - (out->length > start ? (int)text_width(out->data + start) : 0));
}

static void end_line(struct text *out) {
    while (out->length && out->data[out->length - 1] == ' ') out->data[--out->length] = 0;
    text_char(out, '\n');
}

static void put_source(struct text *out, size_t start, const struct excerpt *e, const struct layout *l) {
    fill_to(out, start, l->source);
    text_print(out, "%5u | ", e->number);
    text_put(out, e->line.data);
}

static void put_caret(struct text *out, size_t start, const struct excerpt *e, const struct layout *l,
                      const struct run *run) {
    fill_to(out, start, l->source + NUMBER_COLUMNS + e->caret);
    text_paint(out, run, GREEN);
    text_char(out, '^');
    text_paint(out, run, PLAIN);
}

void text_stack(struct text *out, const struct stack *s, const struct run *run, const struct frame *beside) {
    struct shown *lines = memory_new((2 * s->count + 4) * sizeof *lines);
    size_t n = choose_frames(s, run, lines), start;
    struct layout l = lay_out(lines, n, run);
    struct excerpt e = {.caret = -1};

    if (beside) e = make_excerpt(beside, run->width - l.source - NUMBER_COLUMNS);
    for (size_t i = 0; i < n || (i == 1 && !l.below && e.caret >= 0); i++) {
        start = out->length;
        if (i < n) put_shown(out, &lines[i], &l, run);
        if (!l.below && i == 0 && e.line.data) put_source(out, start, &e, &l);
        if (!l.below && i == 1 && e.caret >= 0) put_caret(out, start, &e, &l, run);
        end_line(out);
        if (!l.below || i > 0 || !e.line.data) continue;
        put_source(out, out->length, &e, &l);
        end_line(out);
        if (e.caret >= 0) {
            put_caret(out, out->length, &e, &l, run);
            end_line(out);
        }
    }
    text_free(&e.line);
    free(lines);
}
