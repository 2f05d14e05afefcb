/* run_table TABLE PRIMITIVE COMMAND…: runs each row of the table about that primitive as `COMMAND… PRIMITIVE SCENARIO`, with
 * GOMAXPROCS 1, 2 and 8, and compares with its outcome.
 *
 * --race in front: COMMAND is goro-race. A row that ends with 0 must then have no error to report but those that the table
 * names; a row that ends by a mistake is reported as one (66) or ends as it does without; no row may have a data race. */
#include "tests/runner/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 5, EXIT_FOUND = 66, TIMEOUT_S = 60 };

struct row {
    char *column[COLUMNS]; /* primitive, scenario, outcome, source, codes; "" if there is none */
    unsigned line;
};

static char *trim(char *s) {
    while (*s == ' ') s++;
    size_t n = strlen(s);
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\n')) s[--n] = 0;
    return s;
}

static bool row_read(char *line, struct row *row) {
    static char none[] = "";
    if (*line == '#' || !strchr(line, '|')) return false;
    for (int i = 0; i < COLUMNS; i++) {
        char *bar = line ? strchr(line, '|') : NULL;
        if (bar) *bar = 0;
        row->column[i] = line ? trim(line) : none;
        line = bar ? bar + 1 : NULL;
    }
    return true;
}

/* The message on stderr is what stands before the first empty line. */
static char *message(char *err) {
    char *end = strncmp(err, "\n", 1) == 0 ? err : strstr(err, "\n\n");
    if (end) *end = 0;
    char *all = text_format("%s", "");
    for (const char *c = err; *c; c++) {
        char one[3] = {*c, 0, 0};
        if (*c == '\n') strcpy(one, "\\n");
        if (*c == '\t') strcpy(one, "\\t");
        char *more = text_format("%s%s", all, one);
        free(all);
        all = more;
    }
    return all;
}

static char *outcome_of(struct process *p) {
    char *said = trim(p->out);
    if (p->timed_out) return text_format("%s (does not end)", said);
    if (p->status == 0) return text_format("%s", said);
    char *why = message(p->err);
    char *outcome = text_format("%s%s-> %s%s(%d)", said, *said ? " " : "", why, *why ? " " : "", p->status);
    free(why);
    return outcome;
}

static bool is_one_of(const char *outcome, const char *expected) {
    char *all = text_format(" or %s or ", expected), *one = text_format(" or %s or ", outcome);
    bool found = strstr(all, one) != NULL;
    free(all);
    free(one);
    return found;
}

/* Is there a finding whose code begins so? Findings begin a line: "GR001 title". */
static bool has_finding(const char *err, const char *code) {
    char *at_line_start = text_format("\n%s", code);
    bool found = strncmp(err, code, strlen(code)) == 0 || strstr(err, at_line_start);
    free(at_line_start);
    return found;
}

static bool race_as_expected(const struct row *row, const struct process *p) {
    const char *ends = strstr(row->column[2], "->");
    bool known = *row->column[4] && has_finding(p->err, row->column[4]);
    if (p->timed_out || has_finding(p->err, "GR")) return false;
    if (p->status == 0) return is_one_of(trim(p->out), row->column[2]);
    if (p->status == EXIT_FOUND) return ends || known;
    char *status = text_format("(%d)", p->status);
    bool same = ends && strstr(ends, status);
    free(status);
    return same;
}

static bool run_row(const struct row *row, char **command, const char *scratch, int procs, bool race) {
    struct process p = {.timeout_s = TIMEOUT_S, .scratch = scratch};
    for (; *command; command++) words_add(&p.command, *command);
    words_add(&p.command, row->column[0]);
    words_add(&p.command, row->column[1]);
    words_addf(&p.env, "GOMAXPROCS=%d", procs);
    if (!process_run(&p)) exit(1);
    char *err = text_format("%s", p.err), *text = process_text(&p), *out = NULL;
    bool good = race ? race_as_expected(row, &p) : is_one_of(out = outcome_of(&p), row->column[2]);
    if (!good) {
        printf("table.txt:%u: %s: %s\n    expected: %s\n    came:     %s\n    %s\n", row->line, row->column[0],
               row->column[1], row->column[2], out ? out : "as below", text);
        printf("%s\n%s\n", p.out, err);
    }
    free(err);
    free(text);
    free(out);
    words_free(&p.command);
    words_free(&p.env);
    process_free(&p);
    return good;
}

static bool run_all(FILE *table, const char *primitive, char **command, const char *scratch, bool race) {
    static const int procs[] = {1, 2, 8};
    char line[1024];
    unsigned number = 0, rows = 0, failed = 0;
    while (fgets(line, sizeof line, table)) {
        struct row row = {.line = ++number};
        if (!row_read(line, &row) || strcmp(row.column[0], primitive) != 0) continue;
        rows++;
        for (unsigned i = 0; i < 3; i++) failed += !run_row(&row, command, scratch, procs[i], race);
    }
    printf("%s: %u rows, %u failures\n", primitive, rows, failed);
    return rows > 0 && failed == 0;
}

int main(int argc, char **argv) {
    bool race = argc > 1 && strcmp(argv[1], "--race") == 0;
    argv += race;
    argc -= race;
    char scratch[] = "/tmp/goro-table-XXXXXX";
    FILE *table = argc >= 4 ? fopen(argv[1], "r") : NULL;
    if (!table || !mkdtemp(scratch)) {
        fprintf(stderr, "usage: run_table [--race] TABLE PRIMITIVE COMMAND...\n");
        return 2;
    }
    bool good = run_all(table, argv[2], argv + 3, scratch, race);
    char *remove = text_format("rm -rf %s", scratch);
    int removed = system(remove);
    free(remove);
    fclose(table);
    return good && removed == 0 ? 0 : 1;
}
