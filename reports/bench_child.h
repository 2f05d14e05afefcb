/* One run of the program that goro-race bench measures.
 *
 * Threads: none. One run at a time. */
#ifndef GORO_REPORTS_BENCH_CHILD_H
#define GORO_REPORTS_BENCH_CHILD_H

#include "reports/bench.h"

enum bench_outcome { BENCH_RAN, BENCH_EXITED, BENCH_SIGNALLED, BENCH_TIMED_OUT, BENCH_NO_METRIC, BENCH_INTERRUPTED };

struct bench_child {
    /* given */
    const char *path;
    char **argv;
    const char *name[BENCH_SWEEPS_MAX], *value[BENCH_SWEEPS_MAX]; /* environment; NULL: none */
    uint64_t timeout_ms;                                          /* 0: none */
    const char *metric;                                           /* how its lines start; NULL: none is wanted */
    bool show;                                                    /* its output passes through */

    /* told */
    enum bench_outcome outcome;
    int status; /* BENCH_EXITED: the exit status; BENCH_SIGNALLED: the signal */
    struct bench_sample sample;
    struct text said; /* the last line on standard error that was not empty */
};

/* Runs it to its end, in a process group of its own, of which nothing is left afterwards. Standard input is empty, or
 * ours from its beginning if that is a file. Ends goro-race with 126 or 127 if it cannot be started. */
void bench_child_run(struct bench_child *c);

/* From now on SIGINT, SIGTERM and SIGHUP end the run and not goro-race. */
void bench_child_take_signals(void);
/* Which of them came; 0: none. */
int bench_child_signal(void);

/* The last number of a line that starts, behind blanks, with `prefix`. */
bool bench_metric_read(const char *line, const char *prefix, double *v);

#endif
