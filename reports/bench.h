/* goro-race bench: which number of workers, which GOMAXPROCS is best? Runs a program again and again with one or two
 * things varied, and shows the curve.
 *
 * The way of the data: bench_sweep.c knows what is varied, bench_child.c runs the program once, bench.c does so in rounds
 * and fills a struct bench, bench_stats.c judges it, bench_words.c says so, bench_text.c, bench_page.c and bench_data.c
 * write it.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_BENCH_H
#define GORO_REPORTS_BENCH_H

#include "reports/bench_sweep.h"
#include "reports/memory.h"

enum bench_measure { BENCH_TIME, BENCH_CPU, BENCH_MEMORY, BENCH_METRIC, BENCH_MEASURES };

/* One run that succeeded: seconds, seconds, bytes, and the program's own number. */
struct bench_sample {
    double value[BENCH_MEASURES];
    unsigned round; /* from 1 */
};

/* All runs with one value (of each sweep). */
struct bench_point {
    struct bench_sample *sample;
    size_t count, capacity, failures;
    char *failure; /* how the first failure ended: "exit status 3" */
    char *said;    /* the last line it wrote to standard error; NULL: none */
};

struct bench {
    char **command; /* as it was typed, NULL at the end */
    struct bench_sweep sweep[BENCH_SWEEPS_MAX];
    size_t sweeps;
    struct bench_point *point; /* row * columns + column */
    size_t points;
    enum bench_measure measure;
    const char *metric; /* how its lines start */
    bool higher;        /* is better */
    unsigned runs;      /* asked for, of each point */
    unsigned cpus;      /* this process may run on */
    bool interrupted, instrumented;
};

/* The text of a value of sweep i at a point. */
const char *bench_value(const struct bench *b, size_t sweep, size_t point);

/* Runs `goro-race bench words...`: 0; 1 if a run failed; 130 interrupted. Ends with 125, 126, 127 as goro-race does. */
int bench_run(char **words);

/* -- writing ------------------------------------------------------------------------------------------------------------- */

struct bench_terminal {
    int width;
    bool color, utf8;
};

/* The table with its bars; with two sweeps rows and columns. */
void bench_write_text(struct text *out, const struct bench *b, const struct bench_terminal *t);
/* The answer: sentences, a line each, and what went wrong. */
void bench_write_words(struct text *out, const struct bench *b);
void bench_write_page(struct text *out, const struct bench *b);
void bench_write_csv(struct text *out, const struct bench *b);
void bench_write_json(struct text *out, const struct bench *b);

/* How figures of a measure are shown: all in one unit, with as many digits as the least of them needs. */
struct bench_unit {
    double scale; /* the unit in seconds, bytes, or 1 */
    int decimals;
    const char *name; /* "ms"; "" for a metric */
};
struct bench_unit bench_unit(enum bench_measure m, double least);
void bench_put(struct text *out, struct bench_unit u, double value); /* "12.5 ms" */
const char *bench_measure_name(enum bench_measure m);                /* "time" */
/* GOMAXPROCS=2, or workers=4 GOMAXPROCS=2. */
void bench_put_point(struct text *out, const struct bench *b, size_t point);
/* The command as it was typed. */
void bench_put_command(struct text *out, const struct bench *b);

#endif
