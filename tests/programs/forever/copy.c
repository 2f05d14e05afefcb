// A goroutine waits for what only memory refers to that nobody knows any more, beside a heap so large that the look for it is
// made in a copy of the process: three blocks of the heap, in a ring, lead to the channel.
// expect: GD003
// mode: race
#include "../live.h"
#include "big_heap.h"

struct ring {
    struct ring *next;
    chan(int) c;
};

static void lost(struct ring *r) {
    chan_send(r->c, 1); // at: GD003
}

static __attribute__((noinline)) void start(void) {
    struct ring *r = NULL, *first = NULL;
    for (int i = 0; i < 3; i++) {
        struct ring *n = malloc(sizeof *n);
        *n = (struct ring){.next = r};
        if (!first) first = n;
        r = n;
    }
    first->next = r;
    r->c = chan_make(int, 0);
    go(lost, r);
}

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(void) {
    live_start();
    heap = big_heap(NULL);
    start();
    cover();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    big_heap_free(heap);
    return 0;
}
