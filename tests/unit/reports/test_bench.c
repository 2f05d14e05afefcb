/* goro-race bench without a program: ranges, placeholders, the judge, and what the writers make of given figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/bench_child.h"
#include "reports/bench_stats.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- sweeps --------------------------------------------------------------------------------------------------------------- */

static char *joined(const struct bench_sweep *s) {
    struct text t = {0};

    for (size_t i = 0; i < s->count; i++) text_print(&t, "%s%s", i ? " " : "", s->value[i]);
    return t.data;
}

static void values_are_written_out(void **state) {
    static const char *const cases[][2] = {
        {"n=1..4", "1 2 3 4"},     {"n=1..20*3", "1 3 9"}, {"n=0..100+25", "0 25 50 75 100"}, {"n=1,2,4", "1 2 4"},
        {"n=a,1..2,b", "a 1 2 b"}, {"n=7", "7"},           {"n=../x,../y", "../x ../y"},      {"n=-2..1", "-2 -1 0 1"},
    };
    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        struct bench_sweep s;
        char *reason, *all;
        assert_true(bench_sweep_parse(&s, cases[i][0], &reason));
        assert_string_equal(s.name, "n");
        assert_string_equal(all = joined(&s), cases[i][1]);
        free(all);
        bench_sweep_free(&s);
    }
}

static void bad_values_are_refused_with_a_reason(void **state) {
    static const char *const cases[] = {"",         "n",        "=1",      "n=",      "n=1,,2",
                                        "n=1,1",    "n=5..1",   "n=1..",   "n=1..9*", "n=0..9*2",
                                        "n=1..9*1", "n=1..9+0", "n=1..9x", "1n=1..2", "n=1..1000"};
    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        struct bench_sweep s;
        char *reason = NULL;
        assert_false(bench_sweep_parse(&s, cases[i], &reason));
        assert_non_null(reason);
        free(reason);
    }
}

static void placeholders_are_filled(void **state) {
    struct bench_sweep s[2];
    char *reason, *filled, *words[] = {"./pool", "--workers={workers}", "{size}x{workers}", NULL};
    const size_t index[] = {1, 0};
    (void)state;
    assert_true(bench_sweep_parse(&s[0], "workers=1,8", &reason));
    assert_true(bench_sweep_parse(&s[1], "size=100", &reason));
    assert_true(bench_sweep_used("workers", words));
    assert_false(bench_sweep_used("work", words));
    assert_null(bench_sweep_unfilled(s, 2, words));
    assert_string_equal(filled = bench_sweep_unfilled(s, 1, words), "size");
    free(filled);
    assert_string_equal(filled = bench_sweep_fill(s, 2, index, words[2]), "100x8");
    free(filled);
    bench_sweep_free(&s[0]);
    bench_sweep_free(&s[1]);
}

/* -- the metric ------------------------------------------------------------------------------------------------------------ */

static void the_metric_is_the_last_number_of_its_line(void **state) {
    double v = 0;
    (void)state;
    assert_true(bench_metric_read("  score of 3 runs: 12.5ms", "score", &v) && v == 12.5);
    assert_true(bench_metric_read("score -7", "score", &v) && v == -7);
    assert_false(bench_metric_read("the score is 5", "score", &v));
    assert_false(bench_metric_read("score P2", "score", &v));
}

/* -- the judge and the writers ------------------------------------------------------------------------------------------------ */

enum { RUNS = 5 };

/* Each point's times: base, and base times 1 + spread, in turn. */
static void fill(struct bench *b, const char *sweep, const double *base, double spread) {
    char *reason;
    static char *command[] = {"./pool", "{n}", NULL};

    *b = (struct bench){.command = command, .sweeps = 1, .runs = RUNS, .cpus = 2, .measure = BENCH_TIME};
    assert_true(bench_sweep_parse(&b->sweep[0], sweep, &reason));
    b->points = b->sweep[0].count;
    b->point = memory_new(b->points * sizeof *b->point);
    for (size_t i = 0; i < b->points; i++) {
        struct bench_point *p = &b->point[i];
        p->sample = memory_new(RUNS * sizeof *p->sample);
        p->count = RUNS;
        for (unsigned k = 0; k < RUNS; k++) {
            p->sample[k].round = k + 1;
            p->sample[k].value[BENCH_TIME] = base[i] * (k % 2 ? 1 + spread : 1);
            p->sample[k].value[BENCH_CPU] = 0.5;
            p->sample[k].value[BENCH_MEMORY] = 1 << 20;
        }
    }
}

static void forget(struct bench *b) {
    for (size_t i = 0; i < b->points; i++) {
        free(b->point[i].sample);
        free(b->point[i].failure);
    }
    free(b->point);
    bench_sweep_free(&b->sweep[0]);
}

static void medians_are_in_the_middle(void **state) {
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2};
    (void)state;
    assert_true(bench_median(odd, 3) == 2 && bench_median(even, 4) == 2.5 && bench_median(NULL, 0) == 0);
}

static void a_clear_difference_is_told_from_noise(void **state) {
    struct bench b;
    (void)state;
    fill(&b, "n=1,2,4", (double[]){0.4, 0.2, 0.21}, 0.02);
    struct bench_verdict *v = bench_judge(&b);
    assert_int_equal(v->best, 1);
    assert_int_equal(v->good, 1); /* 5 % at 2 % of noise */
    assert_int_equal(v->next, 2);
    free(v);
    forget(&b);

    fill(&b, "n=1,2,4", (double[]){0.4, 0.201, 0.2}, 0.1);
    v = bench_judge(&b);
    assert_int_equal(v->best, 2);
    assert_int_equal(v->take, 1); /* the first of the equals */
    assert_int_equal(v->good, 2);
    free(v);
    b.point[1].failures = 1; /* one that fails now and then is not counted as fast */
    v = bench_judge(&b);
    assert_int_equal(v->take, 2);
    free(v);
    forget(&b);
}

static void text_fits_the_width_and_the_locale(void **state) {
    struct bench b;
    struct text ascii = {0}, utf8 = {0};
    (void)state;
    fill(&b, "n=1,2,4", (double[]){0.4, 0.2, 0.21}, 0.02);
    b.point[2].count = 0;
    bench_write_text(&ascii, &b, &(struct bench_terminal){.width = 80});
    bench_write_text(&utf8, &b, &(struct bench_terminal){.width = 80, .utf8 = true});
    assert_non_null(strstr(ascii.data, "400 ms    400 ms    408 ms    500 ms   1.00x   ####"));
    assert_non_null(strstr(ascii.data, "2.00x * ####"));
    assert_non_null(strstr(ascii.data, "4   not run"));
    assert_null(strpbrk(ascii.data, "\033\xe2"));
    assert_non_null(strstr(utf8.data, "\u2588\u2588"));
    for (char *line = strtok(ascii.data, "\n"); line; line = strtok(NULL, "\n")) assert_true(strlen(line) <= 80);
    text_free(&ascii);
    text_free(&utf8);
    forget(&b);
}

static void words_say_what_to_take(void **state) {
    struct bench b;
    struct text t = {0};
    (void)state;
    fill(&b, "workers=1,2,4", (double[]){0.4, 0.2, 0.3}, 0.02);
    b.point[2].failures = 2;
    b.point[2].failure = memory_string("exit status 3");
    bench_write_words(&t, &b);
    assert_string_equal(t.data, "Failed: workers=4, 2 of 7 runs: exit status 3\n"
                                "Take workers=2: clearly better than workers=1, by 100 %.\n");
    text_free(&t);
    forget(&b);
}

static void machine_formats_can_be_read(void **state) {
    struct bench b;
    struct text csv = {0}, json = {0}, page = {0};
    (void)state;
    fill(&b, "n=a b,<x>", (double[]){0.4, 0.2}, 0);
    bench_write_csv(&csv, &b);
    assert_non_null(strstr(csv.data, "n,round,seconds,cpu_seconds,bytes\na b,1,0.4,0.5,1048576\n"));
    bench_write_json(&json, &b);
    json_t *o = json_loads(json.data, 0, NULL);
    assert_non_null(o);
    assert_string_equal(json_string_value(json_object_get(json_object_get(o, "take"), "n")), "<x>");
    assert_int_equal(json_array_size(json_object_get(o, "points")), 2);
    json_decref(o);
    bench_write_page(&page, &b);
    assert_non_null(strstr(page.data, "&lt;x>"));
    assert_null(strstr(page.data, "<x>"));
    assert_null(strstr(page.data, "http"));
    assert_non_null(strstr(page.data, "</svg>"));
    text_free(&csv);
    text_free(&json);
    text_free(&page);
    forget(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_out),
        cmocka_unit_test(bad_values_are_refused_with_a_reason),
        cmocka_unit_test(placeholders_are_filled),
        cmocka_unit_test(the_metric_is_the_last_number_of_its_line),
        cmocka_unit_test(medians_are_in_the_middle),
        cmocka_unit_test(a_clear_difference_is_told_from_noise),
        cmocka_unit_test(text_fits_the_width_and_the_locale),
        cmocka_unit_test(words_say_what_to_take),
        cmocka_unit_test(machine_formats_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
