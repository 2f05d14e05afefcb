/* The table of goro-race bench: a line for each value with its bar, or, with two sweeps, rows and columns. */
#include "reports/bench_stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_LEAST = 10 };

static int longest_value(const struct bench_sweep *s) {
    size_t most = strlen(s->name);

    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->value[i]) > most) most = strlen(s->value[i]);
    return (int)most;
}

static void extremes(const struct bench *b, double *least, double *most) {
    *least = *most = 0;
    for (size_t i = 0; i < b->points; i++) {
        struct bench_summary s = bench_summary(&b->point[i], b->measure);
        if (!s.count) continue;
        if (*least == 0 || s.median < *least) *least = s.median;
        if (s.median > *most) *most = s.median;
    }
}

/* `eighths` of a column each. */
static void put_bar(struct text *out, const struct bench_terminal *t, int eighths) {
    static const char *const part[] = {"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"};

    for (int i = 0; i < eighths / 8; i++) text_put(out, t->utf8 ? "\u2588" : "#");
    if (t->utf8) text_put(out, part[eighths % 8]);
    else if (eighths % 8 >= 4 || eighths < 8) text_char(out, '#');
}

static void put_cell(struct text *out, const char *s, int width) {
    text_fill(out, ' ', width - (int)strlen(s));
    text_put(out, s);
}

static char *shown(struct bench_unit u, double value) {
    struct text t = {0};

    bench_put(&t, u, value);
    return t.data;
}

static void put_figure(struct text *out, struct bench_unit u, double value, int width) {
    char *s = shown(u, value);

    put_cell(out, s, width);
    free(s);
}

/* -- one sweep ------------------------------------------------------------------------------------------------------------ */

enum { FIGURE = 10, SPEEDUP = 8, WIDE = 100 /* room for memory, too */ };

/* What stands beside the measure, in a unit of its own. */
static void put_median(struct text *out, const struct bench_point *p, enum bench_measure m) {
    double median = bench_summary(p, m).median;

    put_figure(out, bench_unit(m, median), median, FIGURE);
}

static void put_row(struct text *out, const struct bench *b, const struct bench_terminal *t, size_t i,
                    struct bench_unit u, double most, bool good) {
    struct bench_summary s = bench_summary(&b->point[i], b->measure);
    bool wide = t->width >= WIDE;
    int label = longest_value(&b->sweep[0]), used = label + 2 + (wide ? 5 : 4) * FIGURE + SPEEDUP + 3;
    int room = t->width - used > BAR_LEAST ? t->width - used : BAR_LEAST;
    char gain[32] = "";

    put_cell(out, bench_value(b, 0, i), label + 2);
    if (!s.count) {
        text_print(out, "   %s\n", bench_why_empty(&b->point[i]));
        return;
    }
    put_figure(out, u, s.median, FIGURE);
    put_figure(out, u, s.least, FIGURE);
    put_figure(out, u, s.most, FIGURE);
    put_median(out, &b->point[i], BENCH_CPU);
    if (wide) put_median(out, &b->point[i], BENCH_MEMORY);
    if (b->point[0].count && bench_gain(b, i, 0) > 0) snprintf(gain, sizeof gain, "%.2fx", bench_gain(b, i, 0));
    put_cell(out, gain, SPEEDUP);
    text_put(out, good ? " * " : "   ");
    if (t->color && good) text_put(out, "\033[32m");
    if (most > 0) put_bar(out, t, (int)(s.median / most * room * 8 + 0.5));
    if (t->color && good) text_put(out, "\033[0m");
    text_char(out, '\n');
}

static void write_rows(struct text *out, const struct bench *b, const struct bench_terminal *t,
                       const struct bench_verdict *v, struct bench_unit u, double most) {
    put_cell(out, b->sweep[0].name, longest_value(&b->sweep[0]) + 2);
    put_cell(out, "median", FIGURE);
    put_cell(out, "least", FIGURE);
    put_cell(out, "most", FIGURE);
    put_cell(out, "cpu", FIGURE);
    if (t->width >= WIDE) put_cell(out, "memory", FIGURE);
    put_cell(out, "gain", SPEEDUP);
    text_char(out, '\n');
    for (size_t i = 0; i < b->points; i++) put_row(out, b, t, i, u, most, v->is_good[i]);
}

/* -- two sweeps ----------------------------------------------------------------------------------------------------------- */

static void write_grid(struct text *out, const struct bench *b, const struct bench_verdict *v, struct bench_unit u) {
    const struct bench_sweep *rows = &b->sweep[0], *columns = &b->sweep[1];
    int label = longest_value(rows) + 2;

    text_fill(out, ' ', label);
    text_print(out, "  %s\n", columns->name);
    put_cell(out, rows->name, label);
    for (size_t j = 0; j < columns->count; j++) put_cell(out, columns->value[j], FIGURE + 2);
    text_char(out, '\n');
    for (size_t i = 0; i < rows->count; i++) {
        put_cell(out, rows->value[i], label);
        for (size_t j = 0; j < columns->count; j++) {
            size_t at = i * columns->count + j;
            struct bench_summary s = bench_summary(&b->point[at], b->measure);
            if (s.count) put_figure(out, u, s.median, FIGURE);
            else put_cell(out, bench_why_empty(&b->point[at]), FIGURE);
            text_put(out, v->is_good[at] ? " *" : "  ");
        }
        text_char(out, '\n');
    }
}

void bench_write_text(struct text *out, const struct bench *b, const struct bench_terminal *t) {
    struct bench_verdict *v = bench_judge(b);
    double least, most;

    extremes(b, &least, &most);
    struct bench_unit u = bench_unit(b->measure, least);
    bench_put_command(out, b);
    text_print(out, "\n%s, %u run%s each in rounds, on %u CPU%s; * is as good as the best\n\n",
               b->measure == BENCH_METRIC ? b->metric : bench_measure_name(b->measure), b->runs,
               b->runs == 1 ? "" : "s", b->cpus, b->cpus == 1 ? "" : "s");
    if (b->sweeps == 1) write_rows(out, b, t, v, u, most);
    else write_grid(out, b, v, u);
    text_char(out, '\n');
    free(v);
}
