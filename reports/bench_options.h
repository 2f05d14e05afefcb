/* The command line of goro-race bench: the table that feeds its parser, its --help and its manual page; rows as in
 * options.h. */
#ifndef GORO_REPORTS_BENCH_OPTIONS_H
#define GORO_REPORTS_BENCH_OPTIONS_H

#include "reports/options.h"

/* clang-format off */
#define BENCH_OPTIONS(X) \
  X(SWEEP,   "sweep",   "NAME=V", OPTION_LIST,     SHORT, "fill {NAME} in the arguments, or set variable NAME") \
  X(ENV,     "env",     "NAME=V", OPTION_LIST,     SHORT, "set the environment variable NAME") \
  X(RUNS,    "runs",    "N",      OPTION_NUMBER,   SHORT, "runs of each value (default 5)") \
  X(BY,      "by",      "WHAT",   OPTION_TEXT,     SHORT, "what counts: time (default), cpu or memory") \
  X(METRIC,  "metric",  "TEXT",   OPTION_TEXT,     SHORT, "or: the last number on a line that starts with TEXT") \
  X(HIGHER,  "higher",  NULL,     OPTION_FLAG,     SHORT, "a higher metric is better") \
  X(TIMEOUT, "timeout", "D",      OPTION_DURATION, SHORT, "a run that takes longer has failed: 500ms, 10s, 2m, 1h") \
  X(SHOW,    "show",    NULL,     OPTION_FLAG,     SHORT, "let the program's output through") \
  X(HTML,    "html",    "F",      OPTION_TEXT,     SHORT, "the curve as one self-contained HTML page (- is stdout)") \
  X(CSV,     "csv",     "F",      OPTION_TEXT,     SHORT, "every run as a line of comma-separated values") \
  X(JSON,    "json",    "F",      OPTION_TEXT,     SHORT, "the whole measurement as JSON") \
  X(COLOR,   "color",   "WHEN",   OPTION_WHEN,     SHORT, "auto, always or never") \
  X(QUIET,   "quiet",   NULL,     OPTION_FLAG,     SHORT, "no table: only the answer in words, and no progress") \
  X(HELP,    "help",    NULL,     OPTION_FLAG,     SHORT, "print this and end")
/* clang-format on */

enum bench_option_id {
#define X(id, ...) BENCH_OPTION_##id##_ID,
    BENCH_OPTIONS(X)
#undef X
        BENCH_OPTION_COUNT
};

/* bench_option(values, RUNS).number and the like */
#define bench_option(values, id) ((values)[BENCH_OPTION_##id##_ID])

#endif
