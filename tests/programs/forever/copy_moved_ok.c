// What leads to the channel is in a page that is shared with other processes. Should a copy of this process look for who waits for
// ever, it would see that page as it is later: while there is one, the pointer is in another page.
// expect: none
// mode: race
// env: GORO_RACE_OPTIONS=apart=0
#include "../live.h"
#include "big_heap.h"
#include "children.h"

#include <sys/mman.h>

static void sender(chan(int) c) { chan_send(c, 1); }

static void **page(int how) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) abort();
    return p;
}

static __attribute__((noinline)) void start(void **at) {
    chan(int) c = chan_make(int, 0);
    *at = c;
    go(sender, c);
}

static __attribute__((noinline)) void move(void **from, void **to) {
    *to = *from;
    *from = NULL;
}

int main(void) {
    void **own = page(MAP_PRIVATE), **shared = page(MAP_SHARED);
    live_start();
    heap = big_heap(NULL); /* so that the look takes a while */
    start(shared);
    for (int i = 0; i < 300; i++) {
        goro_sleep(GORO_MILLISECOND);
        if (!children_named("goro-snapshot", NULL)) continue;
        move(shared, own);
        while (children_named("goro-snapshot", NULL)) goro_sleep(GORO_MILLISECOND);
        move(own, shared);
    }
    chan(int) c = *shared;
    use(chan_recv(c));
    chan_free(c);
    live_stop();
    big_heap_free(heap);
    return 0;
}
