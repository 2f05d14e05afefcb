/* A heap of so many blocks, each of which leads to others, that a look for who waits for ever is made in a copy of the process.
 * What `heap` leads to is reached by way of all of them. */
#ifndef TESTS_PROGRAMS_BIG_HEAP_H
#define TESTS_PROGRAMS_BIG_HEAP_H

#include <stdint.h>
#include <stdlib.h>

struct big_node {
    struct big_node *next, *far;
    void *what;
    char text[40];
};

static struct big_node *heap;

/* The last one has `what`. */
static inline struct big_node *big_heap(void *what) {
    enum { BLOCKS = 150000, FAR = 1000 };
    struct big_node *all = NULL, *last = NULL;
    for (int i = 0; i < BLOCKS; i++) {
        struct big_node *n = calloc(1, sizeof *n);
        if (!n) abort();
        n->next = all;
        n->far = i % FAR ? NULL : all;
        if (!last) last = n;
        all = n;
    }
    last->what = what;
    return all;
}

static inline void big_heap_free(struct big_node *n) {
    while (n) {
        struct big_node *next = n->next;
        free(n);
        n = next;
    }
}

#endif
