/* Parses goro-race's command line and prints its help, both from the table in options.h.
 *
 * Options end at the first word that is none: what follows belongs to the program, as with env(1) and nice(1). */
#include "reports/options.h"
#include "reports/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row rows[OPTION_COUNT] = {REPORT_OPTIONS(OPTION_ROW)};
static const struct option_table own_table = {"goro-race", rows, OPTION_COUNT};

/* -- the word that was meant ------------------------------------------------------------------------------------- */

/* Edits (insert, drop, change, swap of neighbours) from a to b, at most 63 characters each; Damerau's distance in its
 * restricted form. */
static unsigned edit_distance(const char *a, const char *b) {
    enum { MOST = 64 };
    unsigned table[MOST][MOST];
    size_t n = strlen(a), m = strlen(b);

    if (n >= MOST || m >= MOST) return MOST;
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            unsigned best;

            if (i == 0 || j == 0) {
                table[i][j] = (unsigned)(i + j);
                continue;
            }
            best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (table[i - 1][j] + 1 < best) best = table[i - 1][j] + 1;
            if (table[i][j - 1] + 1 < best) best = table[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    }
    return table[n][m];
}

const char *nearest_word(const char *wrong, const char *const *words) {
    const char *found = NULL;
    unsigned best = (unsigned)strlen(wrong) / 3 + 2; /* more edits than that are another word */

    for (; *words; words++) {
        unsigned distance = edit_distance(wrong, *words);
        if (strlen(wrong) >= 3 && !strncmp(*words, wrong, strlen(wrong))) distance = 1; /* cut short */
        if (distance < best) best = distance, found = *words;
    }
    return found;
}

/* -- parsing -------------------------------------------------------------------------------------------------------- */

static _Noreturn void unknown_option(const struct option_table *t, const char *name, size_t length) {
    const char **words = memory_new((t->count + 1) * sizeof *words), *meant;
    char *wrong = strndup(name, length);
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++)
        if (t->rows[i].level != HIDDEN) words[n++] = t->rows[i].name;
    meant = wrong ? nearest_word(wrong, words) : NULL;
    if (meant) give_up(EXIT_MISUSE, "unknown option --%s; did you mean --%s?", wrong, meant);
    give_up(EXIT_MISUSE, "unknown option --%s; %s %s lists what there is", wrong ? wrong : "?", t->command,
            t == &own_table ? "--help-all" : "--help");
}

static const struct option_row *find_row(const struct option_table *t, const char *name, size_t length) {
    for (size_t i = 0; i < t->count; i++)
        if (strlen(t->rows[i].name) == length && !memcmp(t->rows[i].name, name, length)) return &t->rows[i];
    unknown_option(t, name, length);
}

/* A decimal number and what follows it. */
static bool parse_number(const char *s, uint64_t *v, const char **end) {
    char *stop;

    if (!isdigit((unsigned char)*s)) return false;
    errno = 0;
    *v = strtoull(s, &stop, 10);
    *end = stop;
    return errno == 0;
}

static bool parse_duration(const char *s, uint64_t *ms) {
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60000}, {"h", 3600000}};
    const char *unit;

    if (!parse_number(s, ms, &unit) || *ms == 0) return false;
    for (size_t i = 0; i < array_length(units); i++)
        if (!strcmp(unit, units[i].unit)) return !__builtin_mul_overflow(*ms, units[i].ms, ms);
    return false;
}

static void parse_value(const struct option_row *r, struct option_value *v) {
    const char *end, *want = NULL;

    switch (r->kind) {
    case OPTION_NUMBER:
        if (!parse_number(v->text, &v->number, &end) || *end) want = "a number";
        break;
    case OPTION_STATUS:
        if (!parse_number(v->text, &v->number, &end) || *end || v->number > 255) want = "a number from 0 to 255";
        break;
    case OPTION_DURATION:
        if (!parse_duration(v->text, &v->number)) want = "a time such as 500ms, 10s, 2m or 1h";
        break;
    case OPTION_AMOUNT:
        v->is_time = !parse_number(v->text, &v->number, &end) || *end;
        if (v->is_time ? !parse_duration(v->text, &v->number) : !v->number)
            want = "a number of schedules, or a time such as 30s or 5m";
        break;
    case OPTION_WHEN:
        if (strcmp(v->text, "auto") && strcmp(v->text, "always") && strcmp(v->text, "never"))
            want = "auto, always or never";
        break;
    case OPTION_TEXT:
        if (!*v->text) want = "a name";
        break;
    case OPTION_LIST:
    case OPTION_FLAG: break;
    }
    if (want) give_up(EXIT_MISUSE, "--%s wants %s, not '%s'", r->name, want, v->text);
}

/* One word that starts with "--"; returns how many words of argv it took. */
static int parse_option(const struct option_table *t, struct option_value *value, char **argv) {
    const char *name = argv[0] + 2, *equals = strchr(name, '=');
    const struct option_row *r = find_row(t, name, equals ? (size_t)(equals - name) : strlen(name));
    struct option_value *v = &value[r - t->rows];
    int taken = 1;

    v->given = true;
    if (!r->argument) {
        if (equals) give_up(EXIT_MISUSE, "--%s takes no value", r->name);
        return taken;
    }
    if (equals) {
        v->text = equals + 1;
    } else if (argv[1]) {
        v->text = argv[1];
        taken = 2;
    } else {
        give_up(EXIT_MISUSE, "--%s wants a value: --%s %s", r->name, r->name, r->argument);
    }
    if (r->kind == OPTION_LIST) {
        v->list = memory_grow(v->list, v->count, &v->capacity, sizeof *v->list);
        v->list[v->count++] = v->text;
    }
    parse_value(r, v);
    return taken;
}

/* -h is --help wherever there is such a row. */
static bool is_help(const struct option_table *t, const char *word, struct option_value *value) {
    if (strcmp(word, "-h") != 0) return false;
    value[find_row(t, "help", 4) - t->rows].given = true;
    return true;
}

char **options_read(const struct option_table *t, struct option_value *value, char **argv, bool *ended) {
    *ended = false;
    while (*argv && (*argv)[0] == '-' && (*argv)[1]) {
        if (!strcmp(*argv, "--")) {
            *ended = true;
            return argv + 1;
        }
        if (is_help(t, *argv, value)) argv++;
        else if ((*argv)[1] != '-')
            give_up(EXIT_MISUSE, "unknown option %s; %s --help lists what there is", *argv, t->command);
        else argv += parse_option(t, value, argv);
    }
    return argv;
}

void options_parse(struct options *o, char **argv) {
    *o = (struct options){0};
    o->rest = options_read(&own_table, o->value, argv + 1, &o->ended);
}

void options_parse_more(struct options *o, char **argv) {
    o->rest = options_read(&own_table, o->value, argv, &o->ended);
}

static const bool not_of_merge[OPTION_COUNT] = {
#define X(id) [OPTION_##id##_ID] = true,
    OPTIONS_NOT_OF_MERGE(X)
#undef X
};

const char *options_not_of_merge(const struct options *o) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (not_of_merge[i] && o->value[i].given) return rows[i].name;
    return NULL;
}

void options_put_program(struct text *t, const struct options *o) {
    if (o->ended && o->rest[0] && o->rest[0][0] == '-') text_put(t, "-- ");
    for (char **word = o->rest; *word; word++) {
        text_word(t, *word);
        if (word[1]) text_char(t, ' ');
    }
}

/* -- help ------------------------------------------------------------------------------------------------------------- */

void options_list(struct text *out, const struct option_table *t, bool all) {
    for (const struct option_row *r = t->rows; r < t->rows + t->count; r++) {
        struct text name = {0};

        if (r->level == HIDDEN || (r->level == LONG && !all)) continue;
        text_print(&name, "--%s%s%s", r->name, r->argument ? " " : "", r->argument ? r->argument : "");
        text_print(out, "  %-20s %s\n", name.data, r->help);
        text_free(&name);
    }
}

void options_help(struct text *out, bool all) {
    text_put(out, "usage: goro-race [options] [--] PROGRAM [args...]\n"
                  "       goro-race [options] prog.c [more.c...] [-- args...]\n"
                  "       goro-race explain CODE | merge FILE... | bench [options] PROGRAM ...\n"
                  "Runs a program built with goro-cc -race and reports its data races and misuse of\n"
                  "channels, locks and goroutines. C files are compiled first.\n\n");
    options_list(out, &own_table, all);
    text_put(out, "\nExit status: the program's own; 66 if something was found; 128 + N if signal N\n"
                  "ended the program; 125 misuse, 126 cannot be run, 127 not found.\n");
    if (!all) text_put(out, "goro-race --help-all lists the other options (formats, baselines, ...).\n");
}

void options_help_merge(struct text *out) {
    struct option_row left[OPTION_COUNT];
    struct option_table table = {own_table.command, left, 0};

    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (!not_of_merge[i]) left[table.count++] = rows[i];
    text_put(out, "usage: goro-race merge [options] FILE...\n"
                  "Makes one report of the results of several runs: each FILE was written by goro-race\n"
                  "--json; - is standard input. What several runs met is one finding.\n\n");
    options_list(out, &table, true);
    text_put(out, "\nExit status: that of a run that had found it all: 66 if something counts, else 0;\n"
                  "125 misuse, or a file that cannot be read whole.\n");
}
