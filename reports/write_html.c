/* One HTML page with everything in it: the findings as the JSON that --json writes, the source lines that their stacks
 * name, the style and the scripts of reports/page/, which draw it all in the browser.
 *
 * Always true
 *  1. Nothing of the program's is written as markup: it is JSON in a script element that is not run, in which < > & stand
 *     as \u003c and so on, and the scripts put it on the page as text only.
 *  2. The page asks for nothing from anywhere: its own policy (head.html) forbids that, too.
 *  3. At most SOURCE_MAX bytes of source are written, whatever the findings name.
 *
 * Not done: HTML made here, a finding at a time. Ten thousand findings as elements take a browser half a minute; as data
 * they are there at once. */
#include "reports/history.h"
#include "reports/source.h"
#include "reports/writers.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { SOURCE_MAX = 16 << 20, AROUND = 5, LINES_MAX = 1 << 20 };

/* Made of reports/page/ when goro-race is built. */
extern const char page_before[], page_after[];

/* -- JSON inside a script element ----------------------------------------------------------------------------------- */

static void put_embedded(struct text *out, const struct text *json) {
    for (size_t i = 0; i < json->length; i++) {
        char c = json->data[i];
        if (c == '<' || c == '>' || c == '&') text_print(out, "\\u%04x", (unsigned)c);
        else if (c != '\n') text_char(out, c);
    }
}

/* -- the source lines that the stacks name -------------------------------------------------------------------------- */

/* The lines wanted of one file: bit n for line n. */
struct wanted {
    UT_hash_handle hh;
    const char *file; /* kept string: the pointer is the key */
    uint8_t *bits;
    size_t size; /* bytes */
};

static void want_frame(struct wanted **all, const struct frame *f) {
    unsigned low = f->line > AROUND ? f->line - AROUND : 1, high = f->line + AROUND;
    struct wanted *w;

    if (!f->file || !f->line || f->line > LINES_MAX) return;
    HASH_FIND_PTR(*all, &f->file, w);
    if (!w) {
        w = memory_new(sizeof *w);
        w->file = f->file;
        HASH_ADD_PTR(*all, file, w);
    }
    if (high / 8 >= w->size) {
        size_t size = 2 * (high / 8 + 1);
        w->bits = memory_resize(w->bits, size);
        memset(w->bits + w->size, 0, size - w->size);
        w->size = size;
    }
    for (unsigned n = low; n <= high; n++) w->bits[n / 8] |= (uint8_t)(1u << n % 8);
}

static void want_stack(struct wanted **all, const struct stack *s) {
    for (size_t i = 0; i < s->count; i++)
        if (!s->frames[i].ours) want_frame(all, &s->frames[i]);
}

static void want_finding(struct wanted **all, const struct model_finding *f) {
    for (size_t i = 0; i < f->access_count; i++) want_stack(all, &f->accesses[i].stack);
    for (size_t i = 0; i < f->part_count; i++) {
        want_stack(all, &f->parts[i].stack);
        want_stack(all, &f->parts[i].made);
    }
    want_stack(all, &f->block_stack);
    want_stack(all, &f->freed_stack);
}

/* The line with its tabs, which are nothing that steers a page; put_json_string shows them as it does other controls. */
static void put_source_line(struct text *json, const char *line) {
    text_char(json, '"');
    while (*line) {
        size_t n = strcspn(line, "\t");
        char *piece = n ? strndup(line, n) : NULL;
        struct text quoted = {0};
        if (piece) put_json_string(&quoted, piece);
        if (quoted.length > 2) text_put_n(json, quoted.data + 1, quoted.length - 2);
        text_free(&quoted);
        free(piece);
        line += n;
        if (*line) text_put(json, "\\t"), line++;
    }
    text_char(json, '"');
}

static void put_lines(struct text *json, const struct wanted *w, size_t *left) {
    const char *comma = "";

    for (unsigned n = 1; n / 8 < w->size; n++) {
        const char *line = w->bits[n / 8] & 1u << n % 8 ? source_line(w->file, n) : NULL;
        size_t before = json->length;
        if (!line || !*left) continue;
        text_print(json, "%s\"%u\":", comma, n);
        put_source_line(json, line);
        comma = ",";
        *left -= json->length - before < *left ? json->length - before : *left;
    }
}

static void put_sources(struct text *json, const struct model_finding *all) {
    struct wanted *wanted = NULL, *w, *next;
    size_t left = SOURCE_MAX;
    const char *comma = "";

    for (const struct model_finding *f = all; f; f = f->next)
        if (!f->withdrawn && !f->suppressed) want_finding(&wanted, f);
    HASH_ITER(hh, wanted, w, next) {
        text_put(json, comma);
        put_json_string(json, shown_file(w->file));
        text_put(json, ":{");
        put_lines(json, w, &left);
        text_char(json, '}');
        comma = ",";
        HASH_DEL(wanted, w);
        free(w->bits);
        free(w);
    }
}

/* What came before each finding, by its id. */
static void put_histories(struct text *json, const struct model_finding *all) {
    const char *comma = "";

    for (const struct model_finding *f = all; f; f = f->next) {
        if (f->withdrawn || f->suppressed || !f->history) continue;
        text_print(json, "%s\"%s\":", comma, f->id);
        history_put(json, f->history);
        comma = ",";
    }
}

/* -- the page --------------------------------------------------------------------------------------------------------- */

static void put_run(struct text *json, const struct model_finding *all, const struct run *run) {
    const char *program = all && all->process->program ? shown_file(all->process->program) : NULL;

    text_put(json, "{\"version\":\"" GORO_VERSION_TEXT "\",\"program\":");
    put_json_string(json, program);
    text_put(json, ",\"again\":");
    put_json_string(json, run->again);
    text_print(json, ",\"degraded\":%s,\"sources\":{", run->degraded ? "true" : "false");
    put_sources(json, all);
    text_put(json, "},\"findings\":[");
}

void write_html(struct text *out, const struct model_finding *all, const struct run *run) {
    struct text json = {0};
    const char *comma = "";

    text_put(out, page_before);
    text_put(out, "<script type=\"application/json\" id=\"data\">");
    put_run(&json, all, run);
    put_embedded(out, &json);
    for (const struct model_finding *f = all; f; f = f->next) {
        if (f->withdrawn || f->suppressed) continue;
        json.length = 0;
        write_json(&json, f, run);
        text_put(out, comma);
        put_embedded(out, &json);
        comma = ",\n";
    }
    text_put(out, "],\"histories\":{");
    json.length = 0;
    put_histories(&json, all);
    put_embedded(out, &json);
    text_put(out, "}}</script>\n<script>\n'use strict';\n");
    text_put(out, page_after);
    text_put(out, "</script>\n</body>\n</html>\n");
    text_free(&json);
}
