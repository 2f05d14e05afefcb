/* The judge of goro-race bench.
 *
 * Not done: a noise limit from standard deviations: one run on a busy machine makes everything equal. Minima: with
 * several CPUs a lucky schedule is not what the next run will have. */
#include "reports/bench_stats.h"

#include <stdlib.h>

#define CLEARLY 0.9     /* of the pairs of runs */
#define NOTEWORTHY 1.01 /* ratio of the medians */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *v, size_t n) {
    if (n == 0) return 0;
    qsort(v, n, sizeof *v, compare);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct bench_summary bench_summary(const struct bench_point *p, enum bench_measure m) {
    struct bench_summary s = {.count = p->count};
    double *v = memory_new((p->count + 1) * sizeof *v);

    for (size_t i = 0; i < p->count; i++) v[i] = p->sample[i].value[m];
    s.median = bench_median(v, p->count);
    if (p->count) s.least = v[0], s.most = v[p->count - 1];
    free(v);
    return s;
}

const char *bench_why_empty(const struct bench_point *p) { return p->failures ? "failed" : "not run"; }

double bench_beats(const struct bench_point *a, const struct bench_point *b, enum bench_measure m) {
    double won = 0;

    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++) {
            double x = a->sample[i].value[m], y = b->sample[j].value[m];
            won += x < y ? 1 : x == y ? 0.5 : 0;
        }
    return a->count && b->count ? won / (double)(a->count * b->count) : 0.5;
}

double bench_gain(const struct bench *b, size_t better, size_t worse) {
    double x = bench_summary(&b->point[better], b->measure).median;
    double y = bench_summary(&b->point[worse], b->measure).median;

    if (x <= 0 || y <= 0) return 0;
    return b->higher ? x / y : y / x;
}

/* One that fails now and then is not counted as fast. */
static bool is_usable(const struct bench_point *p) { return p->count && !p->failures; }

static bool is_better(const struct bench *b, size_t i, size_t than) {
    double x = bench_summary(&b->point[i], b->measure).median;
    double y = bench_summary(&b->point[than], b->measure).median;

    return b->higher ? x > y : x < y;
}

static bool is_clearly_better(const struct bench *b, size_t i, size_t than) {
    double beats = bench_beats(&b->point[i], &b->point[than], b->measure), gain = bench_gain(b, i, than);

    return is_better(b, i, than) && (b->higher ? 1 - beats : beats) >= CLEARLY && (gain == 0 || gain >= NOTEWORTHY);
}

struct bench_verdict *bench_judge(const struct bench *b) {
    struct bench_verdict *v = memory_new(sizeof *v + b->points * sizeof *v->is_good);

    v->best = v->take = v->next = BENCH_NONE;
    v->judged = true;
    for (size_t i = 0; i < b->points; i++) {
        if (!is_usable(&b->point[i])) continue;
        v->usable++;
        if (b->point[i].count < BENCH_RUNS_JUDGED) v->judged = false;
        if (v->best == BENCH_NONE || is_better(b, i, (size_t)v->best)) v->best = (int)i;
    }
    for (size_t i = 0; i < b->points; i++) {
        if (!is_usable(&b->point[i])) continue;
        if ((int)i == v->best || (v->judged && !is_clearly_better(b, (size_t)v->best, i))) {
            v->is_good[i] = true;
            v->good++;
            if (v->take == BENCH_NONE) v->take = (int)i;
        } else if (v->next == BENCH_NONE || is_better(b, i, (size_t)v->next)) {
            v->next = (int)i;
        }
    }
    return v;
}
