/* goro-race bench: reads its command line, runs the program in rounds, and hands what was measured to the writers.
 *
 * Always true
 *  1. A round runs every point once, in order, so that a busy machine hits all of them alike. Round 0 warms up and counts
 *     for nothing.
 *  2. A run that failed adds to its point's failures and has no sample. */
#include "reports/bench.h"
#include "reports/bench_child.h"
#include "reports/bench_options.h"
#include "reports/compile.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { RUNS = 5, RUNS_MAX = 1000, INTERRUPTED = 128 };

static const struct option_row rows[BENCH_OPTION_COUNT] = {BENCH_OPTIONS(OPTION_ROW)};
static const struct option_table table = {"goro-race bench", rows, BENCH_OPTION_COUNT};

/* -- the command line --------------------------------------------------------------------------------------------------- */

static void print_help(FILE *to) {
    struct text t = {0};

    text_put(&t, "usage: goro-race bench [options] [--] PROGRAM [args...]\n"
                 "       goro-race bench [options] prog.c [more.c...] [-- args...]\n"
                 "Which number of workers, which GOMAXPROCS is best? Runs the program again and again\n"
                 "with each of the values, and shows the curve. Without --sweep: GOMAXPROCS.\n\n");
    options_list(&t, &table, true);
    text_put(&t, "\nVALUES: 1..16, 1..64*2 (doubling), 0..100+25, or words with commas between.\n"
                 "  goro-race bench ./pool\n"
                 "  goro-race bench --sweep workers=1..16 ./pool {workers}\n"
                 "Exit status: 0; 1 if a run failed; 125 misuse, 126 cannot be run, 127 not found.\n");
    fputs(t.data, to);
    text_free(&t);
}

static void add_sweep(struct bench *b, const char *text, bool environment, char **words) {
    struct bench_sweep *s = &b->sweep[b->sweeps];
    char *reason;

    if (b->sweeps == BENCH_SWEEPS_MAX)
        give_up(EXIT_MISUSE, "at most %d things can be varied at once", BENCH_SWEEPS_MAX);
    if (!bench_sweep_parse(s, text, &reason)) give_up(EXIT_MISUSE, "%s", reason);
    for (size_t i = 0; i < b->sweeps; i++)
        if (!strcmp(b->sweep[i].name, s->name)) give_up(EXIT_MISUSE, "%s is varied twice", s->name);
    s->environment = environment || !bench_sweep_used(s->name, words);
    b->sweeps++;
}

static enum bench_measure measure_of(const struct option_value *v) {
    const char *by = bench_option(v, BY).text;

    if (bench_option(v, METRIC).given) {
        if (by) give_up(EXIT_MISUSE, "--by and --metric exclude each other");
        return BENCH_METRIC;
    }
    if (bench_option(v, HIGHER).given) give_up(EXIT_MISUSE, "--higher is for a --metric of the program's own");
    for (enum bench_measure m = BENCH_TIME; m < BENCH_METRIC; m++)
        if (!by || !strcmp(by, bench_measure_name(m))) return m;
    give_up(EXIT_MISUSE, "--by wants time, cpu or memory, not '%s'", by);
}

static unsigned cpus(void) {
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static void read_command(struct bench *b, struct option_value *v, char **words) {
    bool ended;
    char **rest = options_read(&table, v, words, &ended), *unfilled;

    if (bench_option(v, HELP).given) {
        print_help(stdout);
        exit(0);
    }
    if (!*rest) {
        print_help(stderr);
        exit(EXIT_MISUSE);
    }
    b->command = words;
    b->cpus = cpus();
    b->measure = measure_of(v);
    b->metric = bench_option(v, METRIC).text;
    b->higher = bench_option(v, HIGHER).given;
    b->runs = bench_option(v, RUNS).given ? (unsigned)bench_option(v, RUNS).number : RUNS;
    if (b->runs < 1 || b->runs > RUNS_MAX) give_up(EXIT_MISUSE, "--runs wants a number from 1 to %d", RUNS_MAX);
    for (size_t i = 0; i < bench_option(v, SWEEP).count; i++) add_sweep(b, bench_option(v, SWEEP).list[i], false, rest);
    for (size_t i = 0; i < bench_option(v, ENV).count; i++) add_sweep(b, bench_option(v, ENV).list[i], true, rest);
    if (!b->sweeps) bench_sweep_default(&b->sweep[b->sweeps++], b->cpus);
    if ((unfilled = bench_sweep_unfilled(b->sweep, b->sweeps, rest)))
        give_up(EXIT_MISUSE, "{%s} in the arguments is filled by no --sweep %s=VALUES", unfilled, unfilled);
    b->points = b->sweep[0].count * (b->sweeps > 1 ? b->sweep[1].count : 1);
    b->point = memory_new(b->points * sizeof *b->point);
}

/* -- points ------------------------------------------------------------------------------------------------------------- */

static size_t index_of(const struct bench *b, size_t sweep, size_t point) {
    size_t columns = b->sweeps > 1 ? b->sweep[1].count : 1;

    return sweep == 0 ? point / columns : point % columns;
}

const char *bench_value(const struct bench *b, size_t sweep, size_t point) {
    return b->sweep[sweep].value[index_of(b, sweep, point)];
}

void bench_put_point(struct text *out, const struct bench *b, size_t point) {
    for (size_t i = 0; i < b->sweeps; i++)
        text_print(out, "%s%s=%s", i ? " " : "", b->sweep[i].name, bench_value(b, i, point));
}

void bench_put_command(struct text *out, const struct bench *b) {
    text_put(out, "goro-race bench");
    for (char **word = b->command; *word; word++) {
        text_char(out, ' ');
        text_word(out, *word);
    }
}

static char *describe_failure(const struct bench *b, const struct bench_child *c) {
    struct text t = {0};

    switch (c->outcome) {
    case BENCH_EXITED: text_print(&t, "exit status %d", c->status); break;
    case BENCH_SIGNALLED: text_print(&t, "signal %d", c->status); break;
    case BENCH_TIMED_OUT: text_put(&t, "no end within --timeout"); break;
    case BENCH_NO_METRIC: text_print(&t, "no line that starts with '%s' and has a number", b->metric); break;
    default: text_put(&t, "interrupted"); break;
    }
    return t.data;
}

static void record(struct bench *b, struct bench_point *p, const struct bench_child *c, unsigned round) {
    if (c->outcome != BENCH_RAN) {
        if (p->failures++) return;
        p->failure = describe_failure(b, c);
        p->said = c->said.data ? memory_string(c->said.data) : NULL;
        return;
    }
    if (!round) return;
    p->sample = memory_grow(p->sample, p->count, &p->capacity, sizeof *p->sample);
    p->sample[p->count] = c->sample;
    p->sample[p->count++].round = round;
}

/* -- running ------------------------------------------------------------------------------------------------------------ */

static void tell_progress(const struct bench *b, unsigned round, size_t point) {
    struct text t = {0};

    bench_put_point(&t, b, point);
    fprintf(stderr, "\r\033[K%s %u of %u: %s", round ? "round" : "warming up", round, b->runs, t.data);
    text_free(&t);
}

/* False: a signal asks for the end. */
static bool run_point(struct bench *b, struct bench_child *c, char **words, size_t point, unsigned round) {
    size_t index[BENCH_SWEEPS_MAX], n = 0;

    for (size_t i = 0; i < b->sweeps; i++) {
        index[i] = index_of(b, i, point);
        c->name[i] = b->sweep[i].environment ? b->sweep[i].name : NULL;
        c->value[i] = bench_value(b, i, point);
    }
    while (words[n]) n++;
    c->argv = memory_new((n + 1) * sizeof *c->argv);
    for (size_t i = 0; i < n; i++) c->argv[i] = bench_sweep_fill(b->sweep, b->sweeps, index, words[i]);
    bench_child_run(c);
    bool goes_on = c->outcome != BENCH_INTERRUPTED;
    if (goes_on) record(b, &b->point[point], c, round);
    for (size_t i = 0; i < n; i++) free(c->argv[i]);
    free(c->argv);
    text_free(&c->said);
    return goes_on && !bench_child_signal();
}

/* A point whose first run fails will not do better: it is left alone from then on. */
static void run_rounds(struct bench *b, struct bench_child *c, char **words, bool progress) {
    for (unsigned round = 0; round <= b->runs && !b->interrupted; round++)
        for (size_t i = 0; i < b->points && !b->interrupted; i++) {
            if (b->point[i].failures && !b->point[i].count) continue;
            if (progress) tell_progress(b, round, i);
            b->interrupted = !run_point(b, c, words, i, round);
        }
    if (progress) fputs("\r\033[K", stderr);
}

/* -- writing ------------------------------------------------------------------------------------------------------------ */

static struct bench_terminal terminal(const struct option_value *v) {
    struct bench_terminal t = {.width = 80, .utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8")};
    const char *when = bench_option(v, COLOR).text, *term = getenv("TERM"), *columns = getenv("COLUMNS");
    struct winsize size;
    bool tty = isatty(STDOUT_FILENO);

    if (columns && atoi(columns) >= 40) t.width = atoi(columns);
    if (tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) t.width = size.ws_col;
    t.color = tty && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
    if (when && strcmp(when, "auto") != 0) t.color = !strcmp(when, "always");
    return t;
}

static void write_file(const char *path, const struct bench *b, void (*write)(struct text *, const struct bench *)) {
    struct text t = {0};
    FILE *f;

    if (!path) return;
    f = strcmp(path, "-") ? fopen(path, "w") : stdout;
    if (!f) give_up(EXIT_MISUSE, "%s cannot be written: %s", path, strerror(errno));
    write(&t, b);
    bool bad = fwrite(t.data, 1, t.length, f) != t.length || fflush(f);
    if (f != stdout) bad |= fclose(f) != 0;
    if (bad) give_up(EXIT_MISUSE, "%s cannot be written: %s", path, strerror(errno));
    text_free(&t);
}

static void write_all(const struct bench *b, const struct option_value *v) {
    struct bench_terminal term = terminal(v);
    struct text t = {0};
    const char *files[] = {bench_option(v, HTML).text, bench_option(v, CSV).text, bench_option(v, JSON).text};
    bool taken = false; /* stdout, by a file */

    for (size_t i = 0; i < array_length(files); i++) taken |= files[i] && !strcmp(files[i], "-");
    if (!bench_option(v, QUIET).given) bench_write_text(&t, b, &term);
    bench_write_words(&t, b);
    fputs(t.data, taken ? stderr : stdout);
    text_free(&t);
    write_file(files[0], b, bench_write_page);
    write_file(files[1], b, bench_write_csv);
    write_file(files[2], b, bench_write_json);
}

static void forget(struct bench *b) {
    for (size_t i = 0; i < b->points; i++) {
        free(b->point[i].sample);
        free(b->point[i].failure);
        free(b->point[i].said);
    }
    free(b->point);
    for (size_t i = 0; i < b->sweeps; i++) bench_sweep_free(&b->sweep[i]);
}

int bench_run(char **words) {
    struct option_value v[BENCH_OPTION_COUNT] = {0};
    struct bench b = {0};
    struct bench_child c = {0};
    char **argv;
    bool failed = false, ended;

    setlocale(LC_CTYPE, "");
    read_command(&b, v, words);
    c.path = compile_or_find(options_read(&table, (struct option_value[BENCH_OPTION_COUNT]){0}, words, &ended),
                             (const char *const[]){"-O2", "-g", NULL}, &argv);
    c.timeout_ms = bench_option(v, TIMEOUT).number;
    c.metric = b.metric;
    c.show = bench_option(v, SHOW).given;
    bench_child_take_signals();
    run_rounds(&b, &c, argv, isatty(STDERR_FILENO) && !bench_option(v, QUIET).given && !c.show);
    write_all(&b, v);
    for (size_t i = 0; i < b.points; i++) failed |= b.point[i].failures > 0;
    int status = b.interrupted ? INTERRUPTED + bench_child_signal() : failed;
    forget(&b);
    return status;
}
