// The last of many blocks of the heap leads to a channel on which a goroutine waits: it is not lost, and hears of it in the end.
// The look for it is made in a copy of the process while this one goes on, and takes the pointer out of the heap.
// expect: none
// mode: race
// stdout: 1
#include "../live.h"
#include "big_heap.h"

#include <stdio.h>

static void sender(chan(int) c) { chan_send(c, 1); }

static __attribute__((noinline)) void start(void) {
    chan(int) c = chan_make(int, 0);
    heap = big_heap(c);
    go(sender, c);
}

static __attribute__((noinline)) chan(int) find(void) {
    struct big_node *n = heap;
    while (n->next) n = n->next;
    return n->what;
}

int main(void) {
    live_start();
    start();
    for (int i = 0; i < 10; i++) goro_sleep(GORO_SECOND / 20);
    chan(int) c = find();
    printf("%d\n", chan_recv(c));
    chan_free(c);
    live_stop();
    big_heap_free(heap);
    return 0;
}
