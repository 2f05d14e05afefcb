/* What goro-race bench varies: a placeholder {NAME} in the program's arguments, or an environment variable.
 *
 * Values are texts: 1..16 and 1..64*2 and 0..100+25 are written out, words stand for themselves, commas separate.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_BENCH_SWEEP_H
#define GORO_REPORTS_BENCH_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_SWEEPS_MAX = 2, BENCH_VALUES_MAX = 200 };

struct bench_sweep {
    const char *name;
    bool environment; /* else {name} in the arguments */
    char **value;
    size_t count, capacity;
};

/* Reads "NAME=VALUES". False, with a reason to be freed, if it is wrong. */
bool bench_sweep_parse(struct bench_sweep *s, const char *text, char **reason);
/* GOMAXPROCS over the powers of two below `cpus`, cpus itself and twice that. */
void bench_sweep_default(struct bench_sweep *s, unsigned cpus);
void bench_sweep_free(struct bench_sweep *s);

/* Does {name} occur in one of the words? */
bool bench_sweep_used(const char *name, char **words);
/* A placeholder in the words that none of the sweeps fills, without its braces, to be freed; NULL: there is none. */
char *bench_sweep_unfilled(const struct bench_sweep *s, size_t sweeps, char **words);
/* A copy of `word` with each {name} of a sweep replaced by that sweep's value[index]; to be freed. */
char *bench_sweep_fill(const struct bench_sweep *s, size_t sweeps, const size_t *index, const char *word);
/* Are all values numbers, each greater than the one before? */
bool bench_sweep_ascends(const struct bench_sweep *s);

#endif
