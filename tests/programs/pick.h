/* A program of many patterns: each is run by its name (`each:`), all one after another without an argument. */
#ifndef TESTS_PROGRAMS_PICK_H
#define TESTS_PROGRAMS_PICK_H

#include <stdio.h>
#include <string.h>

struct pattern {
    const char *name;
    void (*run)(void);
};
#define PATTERN(name)                                                                                                  \
    { #name, name }

static inline int run_patterns(const struct pattern *p, size_t n, int argc, char **argv) {
    size_t ran = 0;
    for (size_t i = 0; i < n; i++) {
        if (argc > 1 && strcmp(argv[1], p[i].name) != 0) continue;
        p[i].run();
        ran++;
    }
    if (!ran) fprintf(stderr, "no pattern of that name: %s\n", argv[1]);
    return ran == 0;
}
#define RUN_PATTERNS(table, argc, argv) run_patterns(table, sizeof(table) / sizeof *(table), argc, argv)

#endif
