/* A program of known bugs: the first argument names one, `mended` as the second repairs it.
 *
 * Each is a goroutine's affair, and main goes on meanwhile: nobody who asks whether all are asleep would see anything. The
 * program ends with 0 if every goroutine has come to its end, and with STUCK if one has not. */
#ifndef TESTS_KNOWN_KNOWN_H
#define TESTS_KNOWN_KNOWN_H

#include <goro.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STUCK = 9, ROUNDS = 12 /* of loops until they are stopped: some schedules would have them go on for ever */ };

static bool mended; /* set before the first goroutine starts */

struct bug {
    const char *name;
    void (*run)(void);
};
#define BUG(name)                                                                                                      \
    { #name, name }

static inline void *fresh(size_t bytes) {
    void *p = calloc(1, bytes);
    if (!p) abort();
    return p;
}
#define NEW(type) ((struct type *)fresh(sizeof(struct type)))

/* True or false, as the schedule would have it. */
static inline bool toss(void) {
    chan(goro_empty) heads = chan_make(goro_empty, 1), tails = chan_make(goro_empty, 1);
    bool is_heads = false;
    chan_select {
        chan_case_send(heads, (goro_empty){}) is_heads = true;
        chan_case_send(tails, (goro_empty){}) is_heads = false;
    }
    chan_free(heads);
    chan_free(tails);
    return is_heads;
}

static inline int run_bugs(const struct bug *bugs, size_t n, int argc, char **argv) {
    size_t i = 0;
    while (i < n && (argc < 2 || strcmp(argv[1], bugs[i].name) != 0)) i++;
    if (i == n) {
        for (i = 0; i < n; i++) puts(bugs[i].name);
        return argc > 1;
    }
    mended = argc > 2 && strcmp(argv[2], "mended") == 0;
    go(bugs[i].run);
    for (int ms = 1; ms <= 128 && goro_count() > 1; ms *= 2) goro_sleep(ms * GORO_MILLISECOND);
    return goro_count() > 1 ? STUCK : 0;
}
#define RUN_BUGS(table, argc, argv) run_bugs(table, sizeof(table) / sizeof *(table), argc, argv)

#endif
