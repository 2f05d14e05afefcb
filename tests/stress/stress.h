/* What the stress tests share: random numbers by seed, a time limit, a check that tells the seed.
 *
 * stress [seconds] [seed]: repeats rounds until the time is over; each round has the next seed, and prints it only when
 * something is wrong. A round is repeated by `stress 0 SEED`, which runs that one alone. */
#ifndef TESTS_STRESS_H
#define TESTS_STRESS_H

#include <goro.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t stress_seed; /* of the running round: written before its goroutines start */

/* A stream of numbers of its own for each goroutine: splitmix64 (Steele, Lea, Flood 2014). */
struct dice {
    uint64_t state;
};
static inline struct dice dice_for(unsigned who) {
    return (struct dice){stress_seed * 0x9e3779b97f4a7c15u + who * 0xbf58476d1ce4e5b9u};
}
static inline unsigned dice_roll(struct dice *d, unsigned n) {
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) >> 33) % n;
}

#define stress_check(x)                                                                                      \
    do {                                                                                                     \
        if (!(x)) {                                                                                          \
            fprintf(stderr, "%s:%d: not so: %s (repeat with: 0 %llu)\n", __FILE__, __LINE__, #x,             \
                    (unsigned long long)stress_seed);                                                        \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static inline int stress_main(int argc, char **argv, void (*round)(void)) {
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    stress_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)goro_now();
    uint64_t first = stress_seed;
    int64_t end = goro_now() + (int64_t)(seconds * (double)GORO_SECOND);
    do {
        round();
        stress_seed++;
    } while (goro_now() < end);
    printf("%llu rounds from seed %llu, GOMAXPROCS %d\n", (unsigned long long)(stress_seed - first),
           (unsigned long long)first, goro_gomaxprocs(0));
    return 0;
}

#endif
