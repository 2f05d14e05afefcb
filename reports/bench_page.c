/* The curve of goro-race bench as one self-contained HTML page: SVG, no script, no network, light and dark. */
#include "reports/bench_stats.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 760, HEIGHT = 300, LEFT = 80, RIGHT = 20, TOP = 16, BOTTOM = 40 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>goro-race bench</title>\n<style>\n"
    ":root{color-scheme:light dark;--line:#2a6fdb;--grid:#8884}\n"
    "@media(prefers-color-scheme:dark){:root{--line:#7ab0ff}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em}\n"
    "code{overflow-wrap:anywhere}svg{width:100%;height:auto}text{fill:currentColor;font:12px system-ui,sans-serif}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.2em .8em;text-align:right}\n"
    "tr+tr{border-top:1px solid var(--grid)}.good{font-weight:bold}\n</style>\n<h1>goro-race bench</h1>\n";

static void put_html(struct text *out, const char *s) {
    for (; *s; s++) {
        if (*s == '<') text_put(out, "&lt;");
        else if (*s == '&') text_put(out, "&amp;");
        else if (*s == '"') text_put(out, "&quot;");
        else if (*s == '\n') text_put(out, "<br>");
        else text_char(out, *s);
    }
}

/* -- the curve ------------------------------------------------------------------------------------------------------------- */

struct plot {
    const struct bench *b;
    size_t columns; /* of the first sweep */
    double most;
    struct bench_unit unit;
};

static double x_at(const struct plot *p, size_t i) {
    double room = WIDTH - LEFT - RIGHT;

    return LEFT + (p->columns > 1 ? room * (double)i / (double)(p->columns - 1) : room / 2);
}
static double y_at(const struct plot *p, double v) { return TOP + (HEIGHT - TOP - BOTTOM) * (1 - v / p->most); }

static void put_axes(struct text *out, const struct plot *p) {
    enum { LINES = 4 };

    for (int i = 0; i <= LINES; i++) {
        double v = p->most * i / LINES;
        text_print(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--grid)\"/>", LEFT,
                   WIDTH - RIGHT, y_at(p, v), y_at(p, v));
        text_print(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, y_at(p, v) + 4);
        bench_put(out, p->unit, v);
        text_put(out, "</text>\n");
    }
    size_t step = p->columns / 12 + 1; /* labels that do not overlap */
    for (size_t i = 0; i < p->columns; i += step) {
        text_print(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", x_at(p, i), HEIGHT - BOTTOM + 18);
        put_html(out, p->b->sweep[0].value[i]);
        text_put(out, "</text>\n");
    }
    text_print(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4);
    put_html(out, p->b->sweep[0].name);
    text_put(out, "</text>\n");
}

/* The line through the medians and the range of each point; `series` is the index in the second sweep. */
static void put_series(struct text *out, const struct plot *p, size_t series, size_t all) {
    size_t stride = p->b->sweeps > 1 ? p->b->sweep[1].count : 1;
    bool begun = false;

    text_print(out, "<g stroke=\"%s", all > 1 ? "" : "var(--line)");
    if (all > 1) text_print(out, "hsl(%zu 65%% 50%%)", series * 360 / all);
    text_put(out, "\" fill=\"none\" stroke-width=\"2\"><path d=\"");
    for (size_t i = 0; i < p->columns; i++) {
        struct bench_summary s = bench_summary(&p->b->point[i * stride + series], p->b->measure);
        if (!s.count) continue;
        text_print(out, "%s%.1f %.1f", begun ? "L" : "M", x_at(p, i), y_at(p, s.median));
        begun = true;
    }
    text_put(out, "\"/>");
    for (size_t i = 0; i < p->columns; i++) {
        struct bench_summary s = bench_summary(&p->b->point[i * stride + series], p->b->measure);
        if (!s.count) continue;
        text_print(out, "<path d=\"M%.1f %.1fV%.1f\" stroke-width=\"1\"/>", x_at(p, i), y_at(p, s.least),
                   y_at(p, s.most));
        text_print(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>", x_at(p, i), y_at(p, s.median));
        struct text label = {0};
        bench_put_point(&label, p->b, i * stride + series);
        text_put(&label, ": ");
        bench_put(&label, p->unit, s.median);
        put_html(out, label.data);
        text_free(&label);
        text_put(out, "</title></circle>");
    }
    if (all > 1) {
        text_print(out, "</g><text x=\"%d\" y=\"%zu\" style=\"fill:hsl(%zu 65%% 50%%)\">", LEFT + 10,
                   TOP + 12 + series * 15, series * 360 / all);
        put_html(out, p->b->sweep[1].name);
        text_char(out, '=');
        put_html(out, p->b->sweep[1].value[series]);
        text_put(out, "</text>\n");
    } else {
        text_put(out, "</g>\n");
    }
}

/* -- the page --------------------------------------------------------------------------------------------------------------- */

static void put_table(struct text *out, const struct bench *b, const struct bench_verdict *v, struct bench_unit u) {
    text_put(out, "<table><tr>");
    for (size_t j = 0; j < b->sweeps; j++) {
        text_put(out, "<th>");
        put_html(out, b->sweep[j].name);
    }
    text_put(out, "<th>median<th>least<th>most<th>gain</tr>\n");
    for (size_t i = 0; i < b->points; i++) {
        struct bench_summary s = bench_summary(&b->point[i], b->measure);
        text_put(out, v->is_good[i] ? "<tr class=\"good\">" : "<tr>");
        for (size_t j = 0; j < b->sweeps; j++) {
            text_put(out, "<td>");
            put_html(out, bench_value(b, j, i));
        }
        if (!s.count) {
            text_print(out, "<td colspan=\"4\">%s</tr>\n", bench_why_empty(&b->point[i]));
            continue;
        }
        const double figures[] = {s.median, s.least, s.most};
        for (size_t k = 0; k < array_length(figures); k++) {
            text_put(out, "<td>");
            bench_put(out, u, figures[k]);
        }
        double gain = bench_gain(b, i, 0);
        if (gain > 0) text_print(out, "<td>%.2f</tr>\n", gain);
        else text_put(out, "<td></tr>\n");
    }
    text_put(out, "</table>\n");
}

void bench_write_page(struct text *out, const struct bench *b) {
    struct bench_verdict *v = bench_judge(b);
    struct plot p = {.b = b, .columns = b->sweep[0].count, .most = 0};
    struct text t = {0};
    double least = 0;
    size_t series = b->sweeps > 1 ? b->sweep[1].count : 1;

    for (size_t i = 0; i < b->points; i++) {
        struct bench_summary s = bench_summary(&b->point[i], b->measure);
        if (s.count && (least == 0 || s.median < least)) least = s.median;
        if (s.count && s.most > p.most) p.most = s.most;
    }
    p.unit = bench_unit(b->measure, least);
    text_put(out, head);
    text_put(out, "<p><code>");
    bench_put_command(&t, b);
    put_html(out, t.data);
    text_free(&t);
    text_print(out, "</code><br>%u runs each, in rounds, on %u CPUs</p>\n<p>", b->runs, b->cpus);
    bench_write_words(&t, b);
    put_html(out, t.data);
    text_free(&t);
    text_put(out, "</p>\n");
    if (p.most > 0) {
        text_print(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
        put_html(out, b->metric ? b->metric : bench_measure_name(b->measure));
        text_put(out, " by ");
        put_html(out, b->sweep[0].name);
        text_put(out, "\">\n");
        put_axes(out, &p);
        for (size_t i = 0; i < series; i++) put_series(out, &p, i, series);
        text_put(out, "</svg>\n");
    }
    put_table(out, b, v, p.unit);
    text_put(out, "</html>\n");
    free(v);
}
