/* Suppressions and baselines.
 *
 * Always true
 *  1. A rule without conditions does not exist: an empty line suppresses nothing. */
#include "reports/filter.h"
#include "reports/writers.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- suppressions ---------------------------------------------------------------------------------------------------- */

enum condition_kind { BY_CODE, BY_ID, BY_FUNCTION, BY_FILE, BY_LIBRARY, BY_OBJECT };

struct condition {
    enum condition_kind kind;
    const char *pattern; /* kept string */
};
struct rule {
    struct rule *next;
    const char *file;
    unsigned line;
    bool used;
    size_t count;
    struct condition conditions[8];
};
static struct rule *rules, **last_rule = &rules;

static void parse_condition(struct rule *r, const char *word) {
    static const char *const names[] = {[BY_ID] = "id:",
                                        [BY_FUNCTION] = "function:",
                                        [BY_FILE] = "file:",
                                        [BY_LIBRARY] = "library:",
                                        [BY_OBJECT] = "object:"};
    struct condition *c = &r->conditions[r->count];

    if (r->count == array_length(r->conditions)) give_up(EXIT_MISUSE, "%s:%u: too many conditions", r->file, r->line);
    r->count++;
    *c = (struct condition){.kind = BY_CODE, .pattern = intern(word)};
    for (size_t i = BY_ID; i < array_length(names); i++) {
        if (strncmp(word, names[i], strlen(names[i])) != 0) continue;
        *c = (struct condition){.kind = (enum condition_kind)i, .pattern = intern(word + strlen(names[i]))};
        if (!*c->pattern) give_up(EXIT_MISUSE, "%s:%u: nothing stands behind %s", r->file, r->line, names[i]);
        return;
    }
    char *wrong = code_list_wrong(word);
    if (wrong)
        give_up(EXIT_MISUSE, "%s:%u: '%s' is no finding code, nor id:, function:, file:, library: or object:", r->file,
                r->line, word);
}

static void parse_rule(const char *file, unsigned number, char *line) {
    struct rule *r = memory_new(sizeof *r);
    char *rest = line;

    line[strcspn(line, "#\r\n")] = 0;
    r->file = file;
    r->line = number;
    for (char *word; (word = strsep(&rest, " \t"));)
        if (*word) parse_condition(r, word);
    if (!r->count) {
        free(r);
        return;
    }
    *last_rule = r;
    last_rule = &r->next;
}

void filter_read_suppressions(const char *path) {
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;

    if (!f) give_up(EXIT_MISUSE, "cannot read the suppressions %s: %s", path, strerror(errno));
    while (getline(&line, &size, f) >= 0) parse_rule(intern(path), ++number, line);
    if (ferror(f)) give_up(EXIT_MISUSE, "cannot read the suppressions %s: %s", path, strerror(errno));
    free(line);
    fclose(f);
}

static bool matches(const char *pattern, const char *s) { return s && fnmatch(pattern, s, 0) == 0; }

static bool frame_holds(const struct condition *c, const struct frame *f) {
    switch (c->kind) {
    case BY_FUNCTION: return matches(c->pattern, f->function);
    case BY_FILE:
        return f->file && (matches(c->pattern, shown_file(f->file)) || matches(c->pattern, path_last(f->file)));
    case BY_LIBRARY: return matches(c->pattern, path_last(f->module));
    default: return false;
    }
}

static bool stack_holds(const struct condition *c, const struct stack *s) {
    for (size_t i = 0; i < s->count; i++)
        if (!s->frames[i].ours && frame_holds(c, &s->frames[i])) return true;
    return false;
}

static bool condition_holds(const struct condition *c, const struct model_finding *f) {
    switch (c->kind) {
    case BY_CODE: return code_in_list(f->code, c->pattern);
    case BY_ID: return !strcmp(c->pattern, f->id);
    case BY_OBJECT:
        return matches(c->pattern, f->variable.name) || matches(c->pattern, f->variable.whole) ||
               matches(c->pattern, f->expression);
    default: break;
    }
    for (size_t i = 0; i < f->access_count; i++)
        if (stack_holds(c, &f->accesses[i].stack)) return true;
    for (size_t i = 0; i < finding_count_parts(f); i++)
        if (stack_holds(c, &f->parts[i].stack)) return true;
    return false;
}

static bool rule_holds(const struct rule *r, const struct model_finding *f) {
    for (size_t i = 0; i < r->count; i++)
        if (!condition_holds(&r->conditions[i], f)) return false;
    return true;
}

void filter_tell_unused(void) {
    for (struct rule *r = rules; r; r = r->next)
        if (!r->used) complain("%s:%u: this suppression matched nothing", r->file, r->line);
}

/* -- the baseline ---------------------------------------------------------------------------------------------------- */

struct known {
    const char *id, *code, *title; /* kept strings; code and title NULL: not told */
    bool seen;
};
static struct known *known;
static size_t known_count, known_capacity;

static void add_known(const json_t *finding) {
    const char *id = json_string_value(json_object_get(finding, "id"));

    if (!id || json_object_get(finding, "of")) return;
    known = memory_grow(known, known_count, &known_capacity, sizeof *known);
    known[known_count++] = (struct known){.id = intern(id),
                                          .code = intern(json_string_value(json_object_get(finding, "code"))),
                                          .title = intern(json_string_value(json_object_get(finding, "title")))};
}

void filter_read_baseline(const char *path) {
    FILE *f = fopen(path, "re");
    json_error_t error;

    if (!f) give_up(EXIT_MISUSE, "cannot read the baseline %s: %s", path, strerror(errno));
    for (int c; (c = getc(f)) != EOF;) {
        json_t *document, *list, *finding;
        size_t i;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        ungetc(c, f);
        document = json_loadf(f, JSON_DISABLE_EOF_CHECK, &error);
        if (!document) give_up(EXIT_MISUSE, "%s is no baseline: line %d: %s", path, error.line, error.text);
        list = json_object_get(document, "findings");
        json_array_foreach(list, i, finding) add_known(finding);
        if (!list) add_known(document);
        json_decref(document);
    }
    fclose(f);
}

size_t filter_gone(void) {
    size_t n = 0;

    for (size_t i = 0; i < known_count; i++) n += !known[i].seen;
    return n;
}

void filter_tell_gone(void) {
    for (size_t i = 0; i < known_count; i++) {
        struct text t = {0};
        if (known[i].seen) continue;
        text_shown(&t, known[i].code ? known[i].code : "?", 20);
        text_char(&t, ' ');
        text_shown(&t, known[i].title ? known[i].title : "", 200);
        text_put(&t, " [");
        text_shown(&t, known[i].id, 20);
        complain("gone: %s]", t.data);
        text_free(&t);
    }
}

void filter_write_baseline(struct text *out, const struct model_finding *all) {
    const char *comma = "";

    text_put(out, "{\"version\":1,\"findings\":[");
    for (const struct model_finding *f = all; f; f = f->next) {
        if (f->withdrawn || f->suppressed) continue;
        text_print(out, "%s\n{\"id\":\"%s\",\"code\":\"%s\",\"title\":", comma, f->id, f->code);
        put_json_string(out, f->title);
        text_char(out, '}');
        comma = ",";
    }
    text_put(out, "\n]}\n");
}

/* -- both ------------------------------------------------------------------------------------------------------------- */

void filter_apply(struct model_finding *f) {
    for (struct rule *r = rules; r; r = r->next)
        if (rule_holds(r, f)) r->used = f->suppressed = true;
    for (size_t i = 0; i < known_count; i++)
        if (!strcmp(known[i].id, f->id)) known[i].seen = f->known = true;
}
