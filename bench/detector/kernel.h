/* What the kernels of the detector's set share: a fixed pseudo-random sequence, a checksum, and running N threads.
 *
 * The kernels are plain pthread programs, correct and free of races, written here after well-known ones. Each prints a
 * checksum that depends on all the work and not on the schedule, so that a runtime that breaks a program is noticed. */
#ifndef BENCH_DETECTOR_KERNEL_H
#define BENCH_DETECTOR_KERNEL_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4 };

/* xorshift64* (Marsaglia; Vigna): enough for test data. */
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* FNV-1a over one number more. */
static inline uint64_t checksum_add(uint64_t sum, uint64_t v) {
    for (int i = 0; i < 8; i++) sum = (sum ^ (v >> (8 * i) & 255)) * UINT64_C(1099511628211);
    return sum;
}

static inline void *checked(void *p) {
    if (!p) abort();
    return p;
}

/* Runs work(0), work(1), … in threads of their own and joins them. */
static inline void run_threads(int n, void *(*work)(void *)) {
    pthread_t t[64];
    for (intptr_t i = 0; i < n; i++)
        if (pthread_create(&t[i], NULL, work, (void *)i)) abort();
    for (int i = 0; i < n; i++) pthread_join(t[i], NULL);
}

static inline void kernel_report(const char *name, uint64_t sum) { printf("%s %016llx\n", name, (unsigned long long)sum); }

#endif
