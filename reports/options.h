/* The command line of goro-race: one table that feeds the parser, --help and whatever else lists options.
 *
 * A row is X(identifier, name, argument shown in the help (NULL: a flag), kind of value, in which help, what it does).
 */
#ifndef GORO_REPORTS_OPTIONS_H
#define GORO_REPORTS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define REPORT_OPTIONS(X) \
  X(JSON,           "json",           "F",     OPTION_TEXT,     SHORT, "findings as JSON Lines to file F (- is stdout)") \
  X(SARIF,          "sarif",          "F",     OPTION_TEXT,     SHORT, "findings as SARIF 2.1.0, for code scanning services") \
  X(JUNIT,          "junit",          "F",     OPTION_TEXT,     LONG,  "findings as JUnit XML, for CI test pages") \
  X(HTML,           "html",           "F",     OPTION_TEXT,     LONG,  "findings as one HTML page that needs nothing else") \
  X(TRACE,          "trace",          "F",     OPTION_TEXT,     LONG,  "the run as a timeline for ui.perfetto.dev") \
  X(GITHUB,         "github",         NULL,    OPTION_FLAG,     LONG,  "findings as GitHub annotations on stdout") \
  X(SUPPRESSIONS,   "suppressions",   "F",     OPTION_TEXT,     LONG,  "do not report what file F lists") \
  X(BASELINE,       "baseline",       "F",     OPTION_TEXT,     LONG,  "do not count what file F lists as known") \
  X(WRITE_BASELINE, "write-baseline", "F",     OPTION_TEXT,     LONG,  "list this run's findings in file F as known") \
  X(SEED,           "seed",           "N",     OPTION_NUMBER,   SHORT, "the schedule: same number, same run (default: random)") \
  X(EXPLORE,        "explore",        "N",     OPTION_AMOUNT,   SHORT, "try N schedules, or as many as a time allows: 1000, 30s") \
  X(STRATEGY,       "strategy",       "S",     OPTION_TEXT,     LONG,  "how they are chosen: random, pct:D, pos, surw, dfs:N or mixed (default)") \
  X(SHARD,          "shard",          "I/N",   OPTION_TEXT,     LONG,  "of the schedules to explore, the I-th of N parts") \
  X(RESULTS,        "results",        "F",     OPTION_TEXT,     LONG,  "findings and progress in file F; a re-run goes on there") \
  X(REPLAY,         "replay",         "F",     OPTION_TEXT,     LONG,  "run a recorded run again, or a schedule @17:2p340-3") \
  X(RECORD,         "record",         "F",     OPTION_TEXT,     LONG,  "write what comes from outside to file F, for --replay") \
  X(VIRTUAL_TIME,   "virtual-time",   NULL,    OPTION_FLAG,     LONG,  "sleeps and timers take no time") \
  X(CHECK_DETERMINISM, "check-determinism", NULL, OPTION_FLAG, LONG, "run twice (with --explore each schedule), and tell where the two runs first differ") \
  X(PARALLEL,       "parallel",       NULL,    OPTION_FLAG,     SHORT, "run on all CPUs: faster, but a seed repeats nothing") \
  X(STRICT,         "strict",         NULL,    OPTION_FLAG,     SHORT, "warnings, notes and predictions fail the run, too") \
  X(FAIL_ON,        "fail-on",        "CODES", OPTION_TEXT,     LONG,  "only these fail the run: GR001,GD or all") \
  X(EXIT_CODE,      "exit-code",      "N",     OPTION_STATUS,   SHORT, "exit status when something was found (default 66)") \
  X(HALT_ON_ERROR,  "halt-on-error",  NULL,    OPTION_FLAG,     SHORT, "end the program at the first finding") \
  X(MAX_REPORTS,    "max-reports",    "N",     OPTION_NUMBER,   LONG,  "print at most N findings (default 100; 0: all)") \
  X(TIMEOUT,        "timeout",        "D",     OPTION_DURATION, SHORT, "end the program after D: 500ms, 10s, 2m, 1h") \
  X(COLOR,          "color",          "WHEN",  OPTION_WHEN,     SHORT, "auto, always or never") \
  X(STABLE,         "stable",         NULL,    OPTION_FLAG,     LONG,  "no addresses, pids or absolute paths in reports") \
  X(QUIET,          "quiet",          NULL,    OPTION_FLAG,     SHORT, "one line for each finding, no notices") \
  X(VERBOSE,        "verbose",        NULL,    OPTION_FLAG,     SHORT, "also what was checked, and all frames with addresses") \
  X(GDB,            "gdb",            NULL,    OPTION_FLAG,     LONG,  "run PROGRAM in gdb, and stop there at each finding") \
  X(ATTACH,         "attach",         "PID",   OPTION_NUMBER,   LONG,  "print the goroutines of a running process") \
  X(LANG,           "lang",           "L",     OPTION_TEXT,     LONG,  "language of explain: en, ru, zh_CN or fa") \
  X(VERSION,        "version",        NULL,    OPTION_FLAG,     LONG,  "print the version and end") \
  X(HELP,           "help",           NULL,    OPTION_FLAG,     LONG,  "print the usual options and end") \
  X(HELP_ALL,       "help-all",       NULL,    OPTION_FLAG,     LONG,  "print all options and end") \
  X(REPORTER_FD,    "reporter-fd",    "N",     OPTION_NUMBER,   HIDDEN, "report what arrives on descriptor N (for the library)")
/* What goro-race merge refuses: it runs nothing, and explains nothing. */
#define OPTIONS_NOT_OF_MERGE(X) \
  X(SEED) X(EXPLORE) X(STRATEGY) X(SHARD) X(RESULTS) X(REPLAY) X(RECORD) X(VIRTUAL_TIME) X(CHECK_DETERMINISM) X(PARALLEL) X(HALT_ON_ERROR) X(TIMEOUT) \
  X(TRACE) X(GDB) X(ATTACH) X(LANG) X(VERSION)
/* clang-format on */

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_NUMBER,
    OPTION_STATUS,
    OPTION_DURATION,
    OPTION_AMOUNT, /* a number, or a duration with its unit */
    OPTION_WHEN,
    OPTION_LIST /* may be given more than once */
};

enum option_level { SHORT, LONG, HIDDEN };

struct option_row {
    const char *name, *argument;
    enum option_kind kind;
    enum option_level level;
    const char *help;
};

/* A program's or sub-command's options: what is parsed and what is listed. */
struct option_table {
    const char *command; /* as it is typed before them: "goro-race" */
    const struct option_row *rows;
    size_t count;
};
#define OPTION_ROW(id, name, argument, kind, level, help) {name, argument, kind, level, help},

enum option_id {
#define X(id, ...) OPTION_##id##_ID,
    REPORT_OPTIONS(X)
#undef X
        OPTION_COUNT
};

struct option_value {
    bool given;
    const char *text;
    uint64_t number;   /* durations in milliseconds */
    bool is_time;      /* OPTION_AMOUNT: it is a duration */
    const char **list; /* OPTION_LIST: all texts that were given */
    size_t count, capacity;
};

struct options {
    struct option_value value[OPTION_COUNT];
    char **rest; /* what follows the options: PROGRAM and its arguments, NULL at the end */
    bool ended;  /* a -- stood before rest */
};

/* Reads argv[1..]. On a mistake: complains with the nearest name, and ends with status 125. */
void options_parse(struct options *o, char **argv);
/* More of goro-race's own options, behind the name of a sub-command: argv[0..]; sets rest and ended anew. */
void options_parse_more(struct options *o, char **argv);
/* The same for any table, from argv[0]: value[i] belongs to row i. Returns what follows the options; *ended: behind a --. */
char **options_read(const struct option_table *t, struct option_value *value, char **argv, bool *ended);

/* option(o, SEED).number and the like */
#define option(o, id) ((o)->value[OPTION_##id##_ID])

struct text;
/* PROGRAM and its arguments, as a shell needs them. */
void options_put_program(struct text *t, const struct options *o);
/* The help text: the usual options (fits 24 lines of 80 columns), or all. */
void options_help(struct text *out, bool all);
/* What goro-race merge takes. */
void options_help_merge(struct text *out);
/* The first of them that is given and that merge refuses; NULL: none. */
const char *options_not_of_merge(const struct options *o);
/* The rows of a help alone: a line for each option. */
void options_list(struct text *out, const struct option_table *t, bool all);

/* The word of `words` (NULL at the end) that was probably meant; NULL if none is near. */
const char *nearest_word(const char *wrong, const char *const *words);

#endif
