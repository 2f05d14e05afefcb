/* Merges files of results: a finding that several runs, machines or processes met is one finding.
 *
 * Always true
 *  1. A finding counts if at least one file has it and does not withdraw it later.
 *  2. A finding is known (by a run's own baseline) only if every run that met it knew it.
 *  3. A file that cannot be read whole ends the merge with status 125: a gate must not pass because a result is cut off;
 *     nor because a part of an exploration is missing, or was not run to its end.
 *
 * Threads: none. */
#include "reports/merge.h"
#include "reports/coverage.h"
#include "reports/json_read.h"
#include "reports/progress.h"
#include "reports/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* A finding, and the file that it was met in last. */
struct merged {
    UT_hash_handle hh;
    char id[12];
    struct model_finding *finding;
    struct merged *next; /* in the order of their coming */
};
struct table {
    struct merged *by_id, *first, **last;
};

static struct merged *find_merged(struct table *t, const struct model_finding *f) {
    struct merged *m;

    HASH_FIND_STR(t->by_id, f->id, m);
    if (m) return m;
    m = memory_new(sizeof *m);
    memcpy(m->id, f->id, sizeof m->id);
    HASH_ADD_STR(t->by_id, id, m);
    *t->last = m;
    t->last = &m->next;
    return m;
}

/* The same finding of the same file: what is known of it now. */
static void take_again(struct merged *m, struct model_finding *f) {
    f->withdrawn |= m->finding->withdrawn;
    model_free(m->finding);
    m->finding = f;
}

static bool is_stronger(const struct model_finding *a, const struct model_finding *b) {
    return a->certainty == FINDING_CONFIRMED && b->certainty == FINDING_PREDICTED;
}

/* The same finding of another file. */
static void take_other(struct merged *m, struct model_finding *f) {
    struct model_finding *old = m->finding;

    if (f->withdrawn || old->withdrawn) { /* one that stands outweighs one that does not */
        if (!f->withdrawn) m->finding = f, f = old;
        model_free(f);
        return;
    }
    if (is_stronger(f, old)) m->finding = f, f = old, old = m->finding;
    old->runs += f->runs;
    old->known &= f->known;
    model_free(f);
}

static void take_line(struct table *file, const char *path, unsigned number, const char *line) {
    struct progress progress;
    json_error_t error;
    json_t *o = json_loads(line, 0, &error);
    struct model_finding *f;
    struct merged *m;

    if (!o) give_up(EXIT_MISUSE, "%s:%u: this is no JSON: %s", path, number, error.text);
    if (number == 1 && results_first_line(o, &progress)) {
        coverage_add(path, &progress);
        json_decref(o);
        return;
    }
    if (json_object_get(o, "of")) { /* its finding has been read */
        json_decref(o);
        return;
    }
    f = json_finding(o);
    json_decref(o);
    if (!f) give_up(EXIT_MISUSE, "%s:%u: this is no finding as goro-race --json writes it", path, number);
    if (!f->runs) f->runs = 1;
    m = find_merged(file, f);
    if (m->finding) take_again(m, f);
    else m->finding = f;
}

static void forget(struct table *t) {
    HASH_CLEAR(hh, t->by_id);
    for (struct merged *m = t->first, *next; m; m = next) {
        next = m->next;
        free(m);
    }
}

static void take_file(struct table *all, const char *path) {
    FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
    struct table file = {.last = &file.first};
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;

    if (!f && path[0] == '-') give_up(EXIT_MISUSE, "options go in front of the files: %s", path);
    if (!f) give_up(EXIT_MISUSE, "cannot read %s: %s", path, strerror(errno));
    while (getline(&line, &size, f) >= 0) {
        number++;
        if (line[strspn(line, " \t\r\n")]) take_line(&file, path, number, line);
    }
    if (ferror(f)) give_up(EXIT_MISUSE, "cannot read %s: %s", path, strerror(errno));
    free(line);
    if (f != stdin) fclose(f);
    for (struct merged *m = file.first; m; m = m->next) {
        struct merged *other = find_merged(all, m->finding);
        if (other->finding) take_other(other, m->finding);
        else other->finding = m->finding;
    }
    forget(&file);
}

static void print_help(void) {
    struct text t = {0};

    options_help_merge(&t);
    fputs(t.data, stdout);
    if (fflush(stdout)) give_up(EXIT_MISUSE, "writing failed: %s", strerror(errno));
    text_free(&t);
}

static void check_options(const struct options *o) {
    const char *wrong = options_not_of_merge(o);

    if (wrong) give_up(EXIT_MISUSE, "goro-race merge runs nothing: it has no --%s", wrong);
    if (!o->rest[0])
        give_up(EXIT_MISUSE,
                "which files? goro-race merge FILE... wants what goro-race --json has written (- is stdin)");
}

int merge_run(struct options *o, char **words) {
    struct table all = {.last = &all.first};
    struct wire_input nothing = {0};
    size_t files = 0;
    uint64_t failing;
    bool whole;

    options_parse_more(o, words);
    if (option(o, HELP).given || option(o, HELP_ALL).given) {
        print_help();
        return 0;
    }
    check_options(o);
    for (char **path = o->rest; *path; path++, files++) {
        progress_begin("reading", *path);
        take_file(&all, *path);
        progress_end();
    }
    report_begin(o, NULL);
    report_merged(files);
    for (struct merged *m = all.first; m; m = m->next) {
        if (m->finding->withdrawn) model_free(m->finding);
        else report_finding(m->finding);
    }
    forget(&all);
    failing = report_end(&nothing);
    whole = coverage_tell(option(o, QUIET).given);
    if (!failing) return report_is_unwritten() || !whole ? EXIT_MISUSE : 0;
    return option(o, EXIT_CODE).given ? (int)option(o, EXIT_CODE).number : EXIT_FINDINGS;
}
