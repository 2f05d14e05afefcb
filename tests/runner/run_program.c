/* run_program: builds a test program with goro-cc, runs it plain and under goro-race, and compares all that comes out
 * with the expectations in its own comments (the form of tests/README.md).
 *
 * Exit status: 0 as expected, 1 not, 2 the program's expectations are malformed or the command line is wrong,
 * 77 skipped (a compiler that the program does not want, or `pending:`). */
#include "tests/runner/expectation.h"
#include "tests/runner/findings.h"
#include "tests/runner/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PASSED = 0, FAILED = 1, MISUSED = 2, SKIPPED = 77 };
enum { FAULTS_SHOWN_MAX = 30, OUTPUT_SHOWN_MAX = 4000, COMPILE_TIMEOUT_S = 120 };

struct options {
    const char *goro_cc, *goro_race, *compiler, *opt, *path;
    unsigned runs;
    bool verbose, check_only;
};

struct session {
    struct options o;
    struct expectation e;
    char scratch[64];
    struct met met;
    unsigned faults; /* in all runs */
};

/* -- telling --------------------------------------------------------------------------------------------------- */

static void show_output(const char *name, const char *text) {
    size_t n = strlen(text);
    if (!n) return;
    fprintf(stderr, "  --- %s%s\n", name, n > OUTPUT_SHOWN_MAX ? " (its beginning)" : "");
    fprintf(stderr, "%.*s%s", OUTPUT_SHOWN_MAX, text, n > OUTPUT_SHOWN_MAX || text[n - 1] != '\n' ? "\n" : "");
}

static void tell_faults(struct session *s, const struct words *faults, const struct process *p) {
    for (size_t i = 0; i < faults->n; i++) fprintf(stderr, "%s: %s\n", s->e.path, faults->at[i]);
    s->faults += (unsigned)faults->n;
    if (!faults->n || !p) return;
    char *command = process_text(p);
    fprintf(stderr, "  in: %s\n", command);
    free(command);
    show_output("stdout", p->out);
    show_output("stderr", p->err);
}

static bool run_told(struct session *s, struct process *p) {
    if (s->o.verbose) {
        char *command = process_text(p);
        fprintf(stderr, "+ %s\n", command);
        free(command);
    }
    return process_run(p);
}

/* -- building -------------------------------------------------------------------------------------------------- */

/* The command of api.md, with the promise that correct use of the macros gives no warning. */
static bool build(struct session *s, bool race, const char *program) {
    struct process p = {.scratch = s->scratch, .timeout_s = COMPILE_TIMEOUT_S};
    words_addf(&p.env, "GORO_CC=%s", s->o.compiler);
    words_add(&p.command, s->o.goro_cc);
    if (race) words_add(&p.command, "-race");
    words_split(&p.command, "-std=gnu11 -g -Wall -Wextra -Werror");
    words_add(&p.command, s->o.opt);
    words_append(&p.command, &s->e.cflags);
    words_add(&p.command, s->e.path);
    for (size_t i = 0; i < s->e.sources.n; i++) words_addf(&p.command, "%s/%s", s->e.folder, s->e.sources.at[i]);
    words_append(&p.command, &s->e.libs);
    words_add(&p.command, "-o");
    words_add(&p.command, program);
    struct words faults = {0};
    if (!run_told(s, &p)) s->faults++;
    else if (p.status != 0) words_addf(&faults, "goro-cc ended with %d", p.status);
    else if (*p.err) words_addf(&faults, "goro-cc printed something although all is well");
    bool built = p.out && p.status == 0;
    if (p.out) tell_faults(s, &faults, &p);
    words_free(&faults);
    process_free(&p);
    return built;
}

/* -- comparing one run ----------------------------------------------------------------------------------------- */

static void compare_lines(struct words *faults, const struct words *want, const struct words *got) {
    for (size_t i = 0; i < want->n || i < got->n; i++) {
        const char *w = i < want->n ? want->at[i] : NULL, *g = i < got->n ? got->at[i] : NULL;
        if (w && g && strcmp(w, g) == 0) continue;
        words_addf(faults, "stdout, line %zu: expected %s%s%s, came %s%s%s", i + 1, w ? "\"" : "", w ? w : "no more",
                   w ? "\"" : "", g ? "\"" : "", g ? g : "no more", g ? "\"" : "");
        return; /* the first difference tells it; all of stdout is shown below it */
    }
}

static void check_contains(struct words *faults, const char *name, const struct words *want, const char *got) {
    for (size_t i = 0; i < want->n; i++)
        if (!strstr(got, want->at[i])) words_addf(faults, "%s does not have \"%s\"", name, want->at[i]);
}

static void check_stdout(const struct expectation *e, const char *out, struct words *faults) {
    struct words got = words_lines(out), want = {0};
    if (e->stdout_given) compare_lines(faults, &e->stdout_lines, &got);
    if (e->stdout_any_order.n) {
        words_append(&want, &e->stdout_any_order);
        words_sort(&want);
        words_sort(&got);
        compare_lines(faults, &want, &got);
    }
    check_contains(faults, "stdout", &e->stdout_has, out);
    words_free(&got);
    words_free(&want);
}

static void check_status(const struct process *p, int want, struct words *faults) {
    if (p->timed_out) words_addf(faults, "it had not ended after %u seconds", p->timeout_s);
    else if (want != STATUS_ANY && p->status != want)
        words_addf(faults, "exit status: expected %d, came %d", want, p->status);
}

/* -- runs ------------------------------------------------------------------------------------------------------ */

static char *joined_input(const struct expectation *e) {
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    for (size_t i = 0; i < e->stdin_lines.n; i++) fprintf(f, "%s\n", e->stdin_lines.at[i]);
    fclose(f);
    return text;
}

static struct process prepare(const struct session *s, unsigned run) {
    struct process p = {.scratch = s->scratch, .timeout_s = s->e.timeout_s};
    words_addf(&p.env, "GOMAXPROCS=%s", s->e.procs.at[(run - 1) % s->e.procs.n]);
    words_addf(&p.env, "GORO_CC=%s", s->o.compiler);
    words_append(&p.env, &s->e.env);
    return p;
}

/* `word` is of each:, or NULL. */
static void add_arguments(const struct session *s, struct process *p, const char *word) {
    words_append(&p->command, &s->e.args);
    if (word) words_add(&p->command, word);
}

static void run_plain(struct session *s, const char *program, const char *word, struct process *p,
                      struct words *faults) {
    words_add(&p->command, program);
    add_arguments(s, p, word);
    if (!run_told(s, p)) return;
    check_status(p, s->e.exit_status, faults);
    check_stdout(&s->e, p->out, faults);
    check_contains(faults, "stderr", &s->e.stderr_has, p->err);
}

static int wanted_race_status(const struct expectation *e, bool failing) {
    if (e->race_exit != STATUS_DERIVED) return e->race_exit;
    return failing ? 66 : e->exit_status;
}

static void run_race(struct session *s, const char *program, const char *word, unsigned run, struct process *p,
                     struct words *faults) {
    char *json = text_format("%s/findings.json", s->scratch);
    unlink(json);
    words_add(&p->command, s->o.goro_race);
    words_add(&p->command, "--json");
    words_add(&p->command, json);
    words_addf(&p->command, "--seed");
    words_addf(&p->command, "%u", run);
    words_append(&p->command, &s->e.options);
    words_add(&p->command, "--");
    words_add(&p->command, program);
    add_arguments(s, p, word);
    if (run_told(s, p)) {
        char *lines = text_read(json);
        bool failing = false;
        if (!lines) words_addf(faults, "goro-race wrote no JSON file");
        findings_check(&s->e, lines ? lines : "", &s->met, faults, &failing);
        check_status(p, wanted_race_status(&s->e, failing), faults);
        check_stdout(&s->e, p->out, faults);
        free(lines);
    }
    free(json);
}

static void run_all(struct session *s, bool race, const char *program, const char *word) {
    unsigned runs = s->o.runs ? s->o.runs : s->e.runs;
    char *input = joined_input(&s->e);
    for (unsigned run = 1; run <= runs && s->faults < FAULTS_SHOWN_MAX; run++) {
        struct process p = prepare(s, run);
        struct words faults = {0};
        p.input = input;
        if (race) run_race(s, program, word, run, &p, &faults);
        else run_plain(s, program, word, &p, &faults);
        if (!p.out) s->faults++;
        tell_faults(s, &faults, p.out ? &p : NULL);
        words_free(&faults);
        process_free(&p);
    }
    free(input);
}

static void run_kind(struct session *s, bool race) {
    char *program = text_format("%s/%s", s->scratch, race ? "race" : "plain");
    if (build(s, race, program)) {
        if (!s->e.each.n) run_all(s, race, program, NULL);
        for (size_t i = 0; i < s->e.each.n; i++) run_all(s, race, program, s->e.each.at[i]);
        if (race && !s->faults) {
            struct words faults = {0};
            findings_check_met(&s->e, &s->met, &faults);
            tell_faults(s, &faults, NULL);
            words_free(&faults);
        }
    }
    free(program);
}

static bool make_scratch(struct session *s) {
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(s->scratch, sizeof s->scratch, "%s/run_program.XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    return n < (int)sizeof s->scratch && mkdtemp(s->scratch);
}

static void remove_scratch(const struct session *s) {
    static const char *const files[] = {"stdin", "stdout", "stderr", "findings.json", "plain", "race"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = text_format("%s/%s", s->scratch, files[i]);
        unlink(path);
        free(path);
    }
    if (rmdir(s->scratch) != 0) fprintf(stderr, "run_program: something was left in %s\n", s->scratch);
}

/* -- the whole ------------------------------------------------------------------------------------------------- */

static bool wanted(const struct words *only, const char *word) { return !only->n || words_has(only, word); }

static int conclude(const struct session *s) {
    if (!s->e.pending) return s->faults ? FAILED : PASSED;
    if (s->faults) {
        fprintf(stderr, "%s: pending: %s\n", s->e.path, s->e.pending);
        return SKIPPED;
    }
    fprintf(stderr, "%s: passes now: remove its line `pending: %s`\n", s->e.path, s->e.pending);
    return FAILED;
}

static int run_session(struct session *s) {
    if (!expectation_read(&s->e, s->o.path)) return MISUSED;
    if (s->o.check_only) return PASSED;
    if (!wanted(&s->e.compilers, s->o.compiler) || !wanted(&s->e.opt, s->o.opt)) {
        fprintf(stderr, "%s: not for %s %s\n", s->e.path, s->o.compiler, s->o.opt);
        return SKIPPED;
    }
    if (!make_scratch(s)) {
        perror("run_program: mkdtemp");
        return FAILED;
    }
    if (s->e.mode & MODE_PLAIN) run_kind(s, false);
    if (s->e.mode & MODE_RACE) run_kind(s, true);
    remove_scratch(s);
    return conclude(s);
}

static int usage(const char *what) {
    fprintf(stderr,
            "run_program: %s\n"
            "usage: run_program --goro-cc F --goro-race F [--compiler gcc|clang] [--opt -ON] [--runs N] "
            "[--verbose] prog.c\n"
            "       run_program --check prog.c     only reads the expectations\n",
            what);
    return MISUSED;
}

/* Reads the command line; NULL, or what is wrong with it. */
static const char *read_options(struct options *o, int argc, char **argv) {
    struct {
        const char *name, **value;
    } valued[] = {
        {"--goro-cc", &o->goro_cc}, {"--goro-race", &o->goro_race}, {"--compiler", &o->compiler}, {"--opt", &o->opt}};
    for (int i = 1; i < argc; i++) {
        size_t v = 0, count = sizeof valued / sizeof *valued;
        while (v < count && strcmp(argv[i], valued[v].name) != 0) v++;
        if (v < count && i + 1 < argc) *valued[v].value = argv[++i];
        else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc) o->runs = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--verbose") == 0) o->verbose = true;
        else if (strcmp(argv[i], "--check") == 0) o->check_only = true;
        else if (*argv[i] != '-' && !o->path) o->path = argv[i];
        else return argv[i];
    }
    if (!o->path) return "no program";
    if (!o->check_only && (!o->goro_cc || !o->goro_race)) return "--goro-cc and --goro-race are needed";
    return NULL;
}

int main(int argc, char **argv) {
    struct session s = {.o = {.compiler = "gcc", .opt = "-O0"}};
    const char *wrong = read_options(&s.o, argc, argv);
    if (wrong) return usage(wrong);
    int status = run_session(&s);
    expectation_free(&s.e);
    return status;
}
