/* The command line of goro-race: one table that feeds the parser, --help and whatever else lists options.
 *
 * A row is X(identifier, name, argument shown in the help (NULL: a flag), kind of value, in which help, what it does).
 * Options whose machinery does not exist are LATER: they are known, and refused in plain words. */
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
  X(HTML,           "html",           "F",     OPTION_LATER,    LONG,  "findings as one self-contained HTML page") \
  X(GITHUB,         "github",         NULL,    OPTION_FLAG,     LONG,  "findings as GitHub annotations on stdout") \
  X(SUPPRESSIONS,   "suppressions",   "F",     OPTION_TEXT,     LONG,  "do not report what file F lists") \
  X(BASELINE,       "baseline",       "F",     OPTION_TEXT,     LONG,  "do not count what file F lists as known") \
  X(WRITE_BASELINE, "write-baseline", "F",     OPTION_TEXT,     LONG,  "list this run's findings in file F as known") \
  X(SEED,           "seed",           "N",     OPTION_NUMBER,   SHORT, "the schedule: same number, same run (default: random)") \
  X(EXPLORE,        "explore",        "N",     OPTION_LATER,    LONG,  "try N schedules") \
  X(STRATEGY,       "strategy",       "S",     OPTION_LATER,    LONG,  "how schedules are chosen") \
  X(REPLAY,         "replay",         "F",     OPTION_LATER,    LONG,  "run the schedule stored in file F again") \
  X(VIRTUAL_TIME,   "virtual-time",   NULL,    OPTION_LATER,    LONG,  "sleeps and timers take no time") \
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
  X(VERSION,        "version",        NULL,    OPTION_FLAG,     LONG,  "print the version and end") \
  X(HELP,           "help",           NULL,    OPTION_FLAG,     LONG,  "print the usual options and end") \
  X(HELP_ALL,       "help-all",       NULL,    OPTION_FLAG,     LONG,  "print all options and end") \
  X(REPORTER_FD,    "reporter-fd",    "N",     OPTION_NUMBER,   HIDDEN, "report what arrives on descriptor N (for the library)")
/* clang-format on */

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_NUMBER,
    OPTION_STATUS,
    OPTION_DURATION,
    OPTION_WHEN,
    OPTION_LATER
};

enum option_id {
#define X(id, ...) OPTION_##id##_ID,
    REPORT_OPTIONS(X)
#undef X
        OPTION_COUNT
};

struct option_value {
    bool given;
    const char *text;
    uint64_t number; /* durations in milliseconds */
};

struct options {
    struct option_value value[OPTION_COUNT];
    char **rest; /* what follows the options: PROGRAM and its arguments, NULL at the end */
    bool ended;  /* a -- stood before rest */
};

/* Reads argv[1..]. On a mistake: complains with the nearest name, and ends with status 125. */
void options_parse(struct options *o, char **argv);

/* option(o, SEED).number and the like */
#define option(o, id) ((o)->value[OPTION_##id##_ID])

struct text;
/* The help text: the usual options (fits 24 lines of 80 columns), or all. */
void options_help(struct text *out, bool all);

/* The word of `words` (NULL at the end) that was probably meant; NULL if none is near. */
const char *nearest_word(const char *wrong, const char *const *words);

#endif
