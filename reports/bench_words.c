/* The answer of goro-race bench in words, and how its figures are shown. */
#include "reports/bench_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- figures ------------------------------------------------------------------------------------------------------------ */

const char *bench_measure_name(enum bench_measure m) {
    static const char *const names[BENCH_MEASURES] = {"time", "cpu", "memory", "metric"};

    return names[m];
}

struct bench_unit bench_unit(enum bench_measure m, double least) {
    static const struct bench_unit seconds[] = {{1, 0, "s"}, {1e-3, 0, "ms"}, {1e-6, 0, "us"}};
    static const struct bench_unit bytes[] = {{1 << 30, 0, "GiB"}, {1 << 20, 0, "MiB"}, {1 << 10, 0, "KiB"}};
    struct bench_unit u = {1, 0, ""};
    const struct bench_unit *all = m == BENCH_MEMORY ? bytes : seconds;

    if (m != BENCH_METRIC)
        for (size_t i = 0; i < 3; i++) {
            u = all[i];
            if (least >= u.scale) break;
        }
    double shown = fabs(least / u.scale);
    u.decimals = shown >= 100 || shown == 0 || (m == BENCH_METRIC && shown == floor(shown)) ? 0 : shown >= 10 ? 1 : 2;
    return u;
}

void bench_put(struct text *out, struct bench_unit u, double value) {
    text_print(out, "%.*f%s%s", u.decimals, value / u.scale, *u.name ? " " : "", u.name);
}

/* -- the answer ---------------------------------------------------------------------------------------------------------- */

static void put_good(struct text *out, const struct bench *b, const struct bench_verdict *v) {
    size_t said = 0;

    if (v->good == b->points) {
        text_put(out, "All values are equally good");
    } else if (v->good > 4) {
        text_print(out, "%zu of the %zu values are equally good", v->good, b->points);
    } else {
        for (size_t i = 0; i < b->points; i++) {
            if (!v->is_good[i]) continue;
            if (said) text_put(out, ++said == v->good ? " and " : ", ");
            else said = 1;
            bench_put_point(out, b, i);
        }
        text_put(out, " are equally good");
    }
    text_put(out, ": the differences are within the noise. Take ");
    bench_put_point(out, b, (size_t)v->take);
    text_put(out, ", the first.\n");
}

static void put_best(struct text *out, const struct bench *b, const struct bench_verdict *v) {
    text_put(out, "Take ");
    bench_put_point(out, b, (size_t)v->best);
    if (v->next == BENCH_NONE) {
        text_put(out, ".\n");
        return;
    }
    text_put(out, v->judged ? ": clearly better than " : ", it seems: better than ");
    bench_put_point(out, b, (size_t)v->next);
    double gain = bench_gain(b, (size_t)v->best, (size_t)v->next);
    if (gain > 0) text_print(out, ", by %.0f %%", (gain - 1) * 100);
    text_put(out, ".\n");
}

/* What a learner takes home from a sweep of GOMAXPROCS. */
static void put_hint(struct text *out, const struct bench *b, const struct bench_verdict *v) {
    const struct bench_sweep *s = &b->sweep[0];

    if (b->sweeps != 1 || strcmp(s->name, "GOMAXPROCS") || b->measure != BENCH_TIME || !v->usable) return;
    double gain = bench_gain(b, (size_t)v->take, 0);
    if (v->take == 0 && v->good < b->points)
        text_put(
            out,
            "More processors only cost: the goroutines wait for each other, or do too little between two waits.\n");
    else if (v->take > 0 && gain > 1.2)
        text_print(out, "It does %.1f times as much in the same time as with %s=%s.\n", gain, s->name, s->value[0]);
}

static void put_failures(struct text *out, const struct bench *b) {
    for (size_t i = 0; i < b->points; i++) {
        const struct bench_point *p = &b->point[i];
        if (!p->failures) continue;
        text_put(out, "Failed: ");
        bench_put_point(out, b, i);
        text_print(out, ", %zu of %zu runs: %s", p->failures, p->failures + p->count, p->failure);
        if (p->said) {
            text_put(out, "; it said: ");
            text_shown(out, p->said, 160);
        }
        text_char(out, '\n');
    }
}

void bench_write_words(struct text *out, const struct bench *b) {
    struct bench_verdict *v = bench_judge(b);

    put_failures(out, b);
    if (b->interrupted) text_put(out, "Interrupted: this is what there was so far.\n");
    if (v->best == BENCH_NONE) {
        text_put(out, b->interrupted ? "No value has been measured yet.\n" : "No value ran without a failure.\n");
    } else {
        if (v->judged && v->good > 1) put_good(out, b, v);
        else put_best(out, b, v);
        put_hint(out, b, v);
        if (!v->judged)
            text_print(out, "Fewer than %d runs each: nothing can be said about the noise.\n", BENCH_RUNS_JUDGED);
    }
    free(v);
}
