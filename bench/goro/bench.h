/* What the goro benchmarks share: a clock and the one line that bench/run reads, `name ns_per_op [key=value ...]`.
 *
 * Each program does the same work with the same counts as the one of the same name in bench/go and bench/boost, in the
 * plain way a user of that system would write it. */
#ifndef BENCH_GORO_BENCH_H
#define BENCH_GORO_BENCH_H

#include <goro.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds of the real clock. Asked of the kernel itself: goro_now is counted, not measured, where a seed repeats a run. */
static inline int64_t bench_now(void) {
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return t.tv_sec * GORO_SECOND + t.tv_nsec;
}

static inline void bench_report(const char *name, int64_t ns, long ops) {
    printf("%s %.2f\n", name, (double)ns / (double)ops);
}

/* CPU time of the whole process so far, user and system. */
static inline int64_t bench_cpu_ns(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * GORO_SECOND + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

/* Resident memory of the process now. */
static inline long bench_resident_bytes(void) {
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &pages, &resident) != 2) abort();
    fclose(f);
    return resident * 4096;
}

/* The first argument as a count, or what the program does without one. */
static inline long bench_count(int argc, char **argv, long otherwise) {
    return argc > 1 ? atol(argv[1]) : otherwise;
}

#endif
