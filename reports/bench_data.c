/* What goro-race bench measured, for machines: CSV (RFC 4180), a line for each run, and JSON. */
#include "reports/bench_stats.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* -- CSV -------------------------------------------------------------------------------------------------------------------- */

static void put_field(struct text *out, const char *s) {
    if (!s[strcspn(s, ",\"\r\n")]) {
        text_put(out, s);
        return;
    }
    text_char(out, '"');
    for (; *s; s++) {
        if (*s == '"') text_char(out, '"');
        text_char(out, *s);
    }
    text_char(out, '"');
}

void bench_write_csv(struct text *out, const struct bench *b) {
    for (size_t i = 0; i < b->sweeps; i++) {
        put_field(out, b->sweep[i].name);
        text_char(out, ',');
    }
    text_print(out, "round,seconds,cpu_seconds,bytes%s\n", b->metric ? ",metric" : "");
    for (size_t i = 0; i < b->points; i++)
        for (size_t k = 0; k < b->point[i].count; k++) {
            const struct bench_sample *s = &b->point[i].sample[k];
            for (size_t j = 0; j < b->sweeps; j++) {
                put_field(out, bench_value(b, j, i));
                text_char(out, ',');
            }
            text_print(out, "%u,%.9g,%.9g,%.0f", s->round, s->value[BENCH_TIME], s->value[BENCH_CPU],
                       s->value[BENCH_MEMORY]);
            if (b->metric) text_print(out, ",%.17g", s->value[BENCH_METRIC]);
            text_char(out, '\n');
        }
}

/* -- JSON ------------------------------------------------------------------------------------------------------------------- */

static json_t *point_json(const struct bench *b, size_t i, bool good) {
    static const char *const names[BENCH_MEASURES] = {"seconds", "cpu_seconds", "bytes", "metric"};
    const struct bench_point *p = &b->point[i];
    json_t *values = json_object(), *o = json_object();

    for (size_t j = 0; j < b->sweeps; j++)
        json_object_set_new(values, b->sweep[j].name, json_string(bench_value(b, j, i)));
    json_object_set_new(o, "values", values);
    json_object_set_new(o, "good", json_boolean(good));
    for (enum bench_measure m = 0; m < BENCH_MEASURES; m++) {
        if (m == BENCH_METRIC && !b->metric) continue;
        json_t *runs = json_array();
        for (size_t k = 0; k < p->count; k++) json_array_append_new(runs, json_real(p->sample[k].value[m]));
        json_object_set_new(o, names[m], runs);
    }
    struct bench_summary s = bench_summary(p, b->measure);
    if (s.count) json_object_set_new(o, "median", json_real(s.median));
    if (p->failures) {
        json_object_set_new(o, "failures", json_integer((json_int_t)p->failures));
        json_object_set_new(o, "failure", json_string(p->failure));
    }
    return o;
}

static json_t *values_of(const struct bench *b, int point) {
    json_t *o = json_object();

    if (point != BENCH_NONE)
        for (size_t j = 0; j < b->sweeps; j++)
            json_object_set_new(o, b->sweep[j].name, json_string(bench_value(b, j, (size_t)point)));
    return o;
}

void bench_write_json(struct text *out, const struct bench *b) {
    struct bench_verdict *v = bench_judge(b);
    struct text command = {0};
    json_t *o = json_object(), *points = json_array();

    bench_put_command(&command, b);
    json_object_set_new(o, "command", json_string(command.data));
    json_object_set_new(o, "measure", json_string(bench_measure_name(b->measure)));
    json_object_set_new(o, "runs", json_integer(b->runs));
    json_object_set_new(o, "cpus", json_integer(b->cpus));
    json_object_set_new(o, "judged", json_boolean(v->judged));
    json_object_set_new(o, "interrupted", json_boolean(b->interrupted));
    json_object_set_new(o, "best", values_of(b, v->best));
    json_object_set_new(o, "take", values_of(b, v->take));
    for (size_t i = 0; i < b->points; i++) json_array_append_new(points, point_json(b, i, v->is_good[i]));
    json_object_set_new(o, "points", points);
    char *s = json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    if (!s) give_up(EXIT_MISUSE, "no memory for the JSON text");
    text_print(out, "%s\n", s);
    free(s);
    json_decref(o);
    text_free(&command);
    free(v);
}
