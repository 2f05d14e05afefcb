/* What the benchmarks of the peers in C share; see goro/bench.h. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static inline void bench_report(const char *name, int64_t start, long ops) {
    printf("%s %.2f\n", name, (double)(bench_now() - start) / (double)ops);
    fflush(stdout); /* neco ends a program without */
}

static inline long bench_count(int argc, char **argv, long otherwise) { return argc > 1 ? atol(argv[1]) : otherwise; }

static inline void bench_check(int rc) {
    if (rc < 0) perror("bench"), abort();
}

#endif
