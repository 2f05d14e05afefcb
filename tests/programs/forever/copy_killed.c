// Somebody ends each copy of the process in which it is looked for who waits for ever: then the process looks by itself.
// expect: GD003
// mode: race
// unseeded: when a copy is seen
#include "../live.h"
#include "big_heap.h"
#include "children.h"

#include <signal.h>

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

static int ended;

static void end(int pid) { ended += kill(pid, SIGKILL) == 0; }

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(void) {
    live_start();
    heap = big_heap(NULL);
    go(lost);
    cover();
    for (int i = 0; i < 8000 && ((!ended && children_shown()) || !told("GD003", 1)); i++) {
        children_named("goro-snapshot", end);
        goro_sleep(GORO_MILLISECOND);
    }
    if (!ended && children_shown()) return 1;
    live_stop();
    big_heap_free(heap);
    return 0;
}
