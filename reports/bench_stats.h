/* Medians, and whether a difference is larger than the noise.
 *
 * Two values differ when a run with the one is better than a run with the other in at least nine of ten pairs of their
 * runs (the measure behind the rank test of Mann and Whitney, 1947), and their medians by one in a hundred: no assumption
 * on how times are spread, and one slow run moves nothing. With five runs each, two that do not differ are taken for
 * different in 3 of 100 cases (of the 252 ways to merge two times five runs, 8 have 23 or more of the 25 pairs on one
 * side), with three in 10. With fewer nothing is judged.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_BENCH_STATS_H
#define GORO_REPORTS_BENCH_STATS_H

#include "reports/bench.h"

enum { BENCH_NONE = -1, BENCH_RUNS_JUDGED = 3 };

struct bench_summary {
    size_t count; /* 0: the rest is 0, too */
    double median, least, most;
};

/* Of any numbers; they are put into order. */
double bench_median(double *v, size_t n);
struct bench_summary bench_summary(const struct bench_point *p, enum bench_measure m);
/* Why a point has no figures: "failed" or "not run". */
const char *bench_why_empty(const struct bench_point *p);
/* The share of pairs (a run of a, a run of b) of which a's value is less; equal ones count half. */
double bench_beats(const struct bench_point *a, const struct bench_point *b, enum bench_measure m);

struct bench_verdict {
    int best;            /* the point with the best median; BENCH_NONE: no point ran without failures */
    int take;            /* the first of those that are as good as the best */
    int next;            /* the best of those that are not; BENCH_NONE: there is none */
    size_t good, usable; /* how many are as good; how many ran without failures */
    bool judged;         /* enough runs to tell a difference from noise */
    bool is_good[];      /* for each point */
};
/* To be freed. */
struct bench_verdict *bench_judge(const struct bench *b);

/* How many times better a's median is than b's, by what counts; 0: not known. */
double bench_gain(const struct bench *b, size_t better, size_t worse);

#endif
