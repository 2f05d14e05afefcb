/* Reads the expectations of a test program from its comments.
 *
 * Always true:
 *   1. Nothing is guessed: a directive that is not in the table, or a value that does not parse, is a fault.
 *   2. The head ends at the first line that does not begin with `//`; a known directive after it is a fault too,
 *      for it would otherwise be silently without effect.
 */
#include "tests/runner/expectation.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct expectation *e;
    unsigned line;
    bool bad;
    struct words seen; /* directives that may be given once and were */
    bool expect_given;
};

static void fault(struct reader *r, const char *what, const char *value) {
    fprintf(stderr, "%s:%u: %s: %s\n", r->e->path, r->line, what, value);
    r->bad = true;
}

static bool is_code(const char *s) {
    return strlen(s) == 5 && s[0] == 'G' && isupper((unsigned char)s[1]) && isdigit((unsigned char)s[2]) &&
           isdigit((unsigned char)s[3]) && isdigit((unsigned char)s[4]);
}

bool code_is_race(const char *code) {
    return strncmp(code, "GR", 2) == 0;
}

/* A decimal number that fills the whole string. */
static bool read_number(const char *s, unsigned *v) {
    char *end;
    unsigned long n = strtoul(s, &end, 10);
    if (!isdigit((unsigned char)*s) || *end || n > 1000000) return false;
    *v = (unsigned)n;
    return true;
}

/* -- one reader per kind of value ----------------------------------------------------------------------------- */

static void read_codes(struct reader *r, const char *value, int when) {
    struct words codes = {0};
    words_split(&codes, value);
    if (!codes.n) fault(r, "a list of codes is missing", value);
    for (size_t i = 0; i < codes.n; i++) {
        struct code_rule rule = {.when = when};
        char *star = strchr(codes.at[i], '*');
        if (star) *star = '\0';
        if (star && (when != CODE_ALWAYS || !read_number(star + 1, &rule.exactly) || !rule.exactly))
            fault(r, "no count", star + 1);
        if (!is_code(codes.at[i]))
            fault(r, "no finding code", codes.at[i]);
        else if (expectation_rule(r->e, codes.at[i]))
            fault(r, "the code is named twice", codes.at[i]);
        else if (r->e->rule_count == RULES_MAX)
            fault(r, "too many codes", value);
        else {
            memcpy(rule.code, codes.at[i], 6);
            r->e->rules[r->e->rule_count++] = rule;
        }
    }
    words_free(&codes);
}

static void read_expect(struct reader *r, const char *value, void *field) {
    (void)field;
    r->expect_given = true;
    if (strcmp(value, "none") != 0) read_codes(r, value, CODE_ALWAYS);
}
static void read_allow(struct reader *r, const char *value, void *field) {
    (void)field;
    read_codes(r, value, CODE_ALLOWED);
}
static void read_sometimes(struct reader *r, const char *value, void *field) {
    (void)field;
    read_codes(r, value, CODE_SOMETIMES);
}

static void read_mode(struct reader *r, const char *value, void *field) {
    static const char *const names[] = {[MODE_PLAIN] = "plain", [MODE_RACE] = "race", [MODE_BOTH] = "both"};
    for (unsigned m = MODE_PLAIN; m <= MODE_BOTH; m++)
        if (strcmp(value, names[m]) == 0) {
            *(unsigned *)field = m;
            return;
        }
    fault(r, "no mode", value);
}

static void read_status(struct reader *r, const char *value, void *field) {
    unsigned v;
    if (strcmp(value, "any") == 0)
        *(int *)field = STATUS_ANY;
    else if (read_number(value, &v) && v < 256)
        *(int *)field = (int)v;
    else
        fault(r, "no exit status", value);
}

static void read_count(struct reader *r, const char *value, void *field) {
    if (!read_number(value, field) || *(unsigned *)field == 0) fault(r, "no positive number", value);
}

static void read_words(struct reader *r, const char *value, void *field) {
    words_split(field, value);
    if (!((struct words *)field)->n) fault(r, "no words", value);
}

static void read_line(struct reader *r, const char *value, void *field) {
    (void)r;
    words_add(field, value);
}

static void read_stdout(struct reader *r, const char *value, void *field) {
    r->e->stdout_given = true;
    read_line(r, value, field);
}

static void read_text(struct reader *r, const char *value, void *field) {
    if (!*value)
        fault(r, "a text is missing", value);
    else
        read_line(r, value, field);
}

static void read_env(struct reader *r, const char *value, void *field) {
    if (!strchr(value, '=') || *value == '=')
        fault(r, "no NAME=value", value);
    else
        read_line(r, value, field);
}

static void read_procs(struct reader *r, const char *value, void *field) {
    read_words(r, value, field);
    struct words *procs = field;
    unsigned v;
    for (size_t i = 0; i < procs->n; i++)
        if (!read_number(procs->at[i], &v) || !v) fault(r, "no positive number", procs->at[i]);
}

static void read_compilers(struct reader *r, const char *value, void *field) {
    read_words(r, value, field);
    struct words *names = field;
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->at[i], "gcc") != 0 && strcmp(names->at[i], "clang") != 0)
            fault(r, "no compiler that the tests know", names->at[i]);
}

static void read_opt(struct reader *r, const char *value, void *field) {
    read_words(r, value, field);
    struct words *levels = field;
    for (size_t i = 0; i < levels->n; i++)
        if (strncmp(levels->at[i], "-O", 2) != 0) fault(r, "no optimisation level", levels->at[i]);
}

static void read_reason(struct reader *r, const char *value, void *field) {
    if (!*value) fault(r, "a reason is missing", value);
    *(char **)field = strdup(value);
}

/* -- the table of directives ---------------------------------------------------------------------------------- */

#define FIELD(name) offsetof(struct expectation, name)
static const struct directive {
    const char *name;
    void (*read)(struct reader *, const char *value, void *field);
    size_t field;
    bool repeats;
} directives[] = {
    {"expect", read_expect, 0, false},
    {"allow", read_allow, 0, false},
    {"sometimes", read_sometimes, 0, false},
    {"mode", read_mode, FIELD(mode), false},
    {"exit", read_status, FIELD(exit_status), false},
    {"race-exit", read_status, FIELD(race_exit), false},
    {"stdout", read_stdout, FIELD(stdout_lines), true},
    {"stdout-any-order", read_line, FIELD(stdout_any_order), true},
    {"stdout-has", read_text, FIELD(stdout_has), true},
    {"stderr-has", read_text, FIELD(stderr_has), true},
    {"args", read_words, FIELD(args), false},
    {"each", read_words, FIELD(each), true},
    {"env", read_env, FIELD(env), true},
    {"stdin", read_line, FIELD(stdin_lines), true},
    {"cflags", read_words, FIELD(cflags), false},
    {"explored", read_words, FIELD(explored), false},
    {"libs", read_words, FIELD(libs), false},
    {"sources", read_words, FIELD(sources), false},
    {"options", read_words, FIELD(options), false},
    {"compilers", read_compilers, FIELD(compilers), false},
    {"opt", read_opt, FIELD(opt), false},
    {"runs", read_count, FIELD(runs), false},
    {"procs", read_procs, FIELD(procs), false},
    {"timeout", read_count, FIELD(timeout_s), false},
    {"outside", read_reason, FIELD(outside), false},
    {"unseeded", read_reason, FIELD(unseeded), false},
    {"pending", read_reason, FIELD(pending), false},
};

static const struct directive *find_directive(const char *name) {
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (strcmp(directives[i].name, name) == 0) return &directives[i];
    return NULL;
}

/* Splits `// word: value`. False if the line has not that shape: then it is prose. */
static bool split_directive(const char *line, char name[32], const char **value) {
    if (strncmp(line, "//", 2) != 0) return false;
    line += 2 + strspn(line + 2, " \t");
    size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz-");
    if (!n || n > 31 || line[n] != ':' || (line[n + 1] && line[n + 1] != ' ')) return false;
    memcpy(name, line, n);
    name[n] = '\0';
    *value = line + n + 1 + (line[n + 1] == ' ');
    return true;
}

static void read_head_line(struct reader *r, const char *line) {
    char name[32];
    const char *value;
    if (!split_directive(line, name, &value)) return;
    const struct directive *d = find_directive(name);
    if (!d) {
        fault(r, "unknown directive", name);
        return;
    }
    if (!d->repeats && words_has(&r->seen, name)) fault(r, "given twice", name);
    words_add(&r->seen, name);
    d->read(r, value, (char *)r->e + d->field);
}

/* -- marks beside lines --------------------------------------------------------------------------------------- */

static void read_race_mark(struct reader *r, const struct words *w, const char *value) {
    struct race_mark m = {.line = r->line};
    if (w->n < 1 || w->n > 2 || (w->n == 2 && strlen(w->at[1]) >= sizeof m.pair)) {
        fault(r, "no race mark", value);
        return;
    }
    if (strcmp(w->at[0], "first") == 0) m.sides = SIDE_FIRST;
    if (strcmp(w->at[0], "second") == 0) m.sides = SIDE_SECOND;
    if (strcmp(w->at[0], "both") == 0) m.sides = SIDE_FIRST | SIDE_SECOND;
    if (w->n == 2) strcpy(m.pair, w->at[1]);
    if (!m.sides || r->e->race_count == MARKS_MAX)
        fault(r, "no race mark, or too many", value);
    else
        r->e->races[r->e->race_count++] = m;
}

static void read_at_mark(struct reader *r, const struct words *w, const char *value) {
    if (w->n != 1 || !is_code(w->at[0]) || r->e->at_count == MARKS_MAX) {
        fault(r, "no mark of one code, or too many", value);
        return;
    }
    struct at_mark m = {.line = r->line};
    memcpy(m.code, w->at[0], 6);
    r->e->ats[r->e->at_count++] = m;
}

static void read_body_line(struct reader *r, const char *line) {
    const char *comment = NULL;
    for (const char *p = line; (p = strstr(p, "//")); p += 2) comment = p;
    char name[32];
    const char *value;
    if (!comment || !split_directive(comment, name, &value)) return;
    bool race = strcmp(name, "race") == 0, at = strcmp(name, "at") == 0;
    if (!race && !at) {
        if (find_directive(name)) fault(r, "the directive stands below the head", name);
        return;
    }
    struct words w = {0};
    words_split(&w, value);
    if (race)
        read_race_mark(r, &w, value);
    else
        read_at_mark(r, &w, value);
    words_free(&w);
}

/* -- the whole file ------------------------------------------------------------------------------------------- */

static unsigned sides_of_pair(const struct expectation *e, const char *pair) {
    unsigned sides = 0;
    for (size_t i = 0; i < e->race_count; i++)
        if (strcmp(e->races[i].pair, pair) == 0) sides |= e->races[i].sides;
    return sides;
}

/* What no single line shows: things that are missing, or that exclude each other. */
static void check_whole(struct reader *r) {
    struct expectation *e = r->e;
    bool wants_race = false;
    if (!r->expect_given) fault(r, "a directive is missing", "expect");
    for (size_t i = 0; i < e->rule_count; i++) {
        wants_race |= code_is_race(e->rules[i].code);
        if (e->rules[i].when == CODE_ALWAYS && e->mode == MODE_PLAIN)
            fault(r, "a plain program reports nothing", e->rules[i].code);
    }
    if (wants_race && !e->race_count)
        fault(r, "a race is expected but no line has a mark", "race: first, race: second");
    if (!wants_race && e->race_count) fault(r, "race marks, but no GR code is expected", "expect");
    for (size_t i = 0; i < e->race_count; i++)
        if (sides_of_pair(e, e->races[i].pair) != (SIDE_FIRST | SIDE_SECOND))
            fault(r, "a pair has no line for one of its sides",
                  *e->races[i].pair ? e->races[i].pair : "(unnamed)");
    for (size_t i = 0; i < e->at_count; i++)
        if (!expectation_rule(e, e->ats[i].code))
            fault(r, "a mark of a code that is not expected", e->ats[i].code);
    if (e->stdout_given && e->stdout_any_order.n)
        fault(r, "they exclude each other", "stdout, stdout-any-order");
}

static void set_defaults(struct expectation *e, const char *path) {
    const char *slash = strrchr(path, '/');
    *e = (struct expectation){.mode = MODE_BOTH, .race_exit = STATUS_DERIVED, .runs = 3, .timeout_s = 20};
    e->path = strdup(path);
    e->folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    e->base = strdup(slash ? slash + 1 : path);
}

bool expectation_read(struct expectation *e, const char *path) {
    set_defaults(e, path);
    char *text = text_read(path);
    if (!text) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    struct words lines = words_lines(text);
    struct reader r = {.e = e};
    bool head = true;
    for (size_t i = 0; i < lines.n; i++) {
        r.line = (unsigned)i + 1;
        head = head && strncmp(lines.at[i], "//", 2) == 0;
        if (head)
            read_head_line(&r, lines.at[i]);
        else
            read_body_line(&r, lines.at[i]);
    }
    check_whole(&r);
    if (!e->procs.n) words_split(&e->procs, "1 2 8");
    words_free(&lines);
    words_free(&r.seen);
    free(text);
    return !r.bad;
}

const struct code_rule *expectation_rule(const struct expectation *e, const char *code) {
    for (size_t i = 0; i < e->rule_count; i++)
        if (strcmp(e->rules[i].code, code) == 0) return &e->rules[i];
    return NULL;
}

void expectation_free(struct expectation *e) {
    struct words *lists[] = {
        &e->stdout_lines, &e->stdout_any_order, &e->stdout_has, &e->stderr_has, &e->args, &e->each,
        &e->env,          &e->stdin_lines,      &e->cflags,     &e->explored,   &e->libs, &e->sources,
        &e->options,      &e->compilers,        &e->opt,        &e->procs};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) words_free(lists[i]);
    free(e->path);
    free(e->folder);
    free(e->base);
    free(e->pending);
    free(e->outside);
    free(e->unseeded);
}
