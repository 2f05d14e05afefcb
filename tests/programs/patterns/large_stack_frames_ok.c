// Goroutines with large frames and alloca: their own stack, touched deep down and given back.
// expect: none
#include "../stage.h"
#include <alloca.h>
#include <string.h>

static void __attribute__((noinline)) deep(int depth) {
    char frame[1024], *more = alloca(512);
    memset(frame, depth, sizeof frame);
    memset(more, depth, 512);
    if (depth % 10 == 0) goro_yield();
    if (depth) deep(depth - 1);
    if (frame[1000] != (char)depth || more[500] != (char)depth) goro_panic("somebody wrote on this stack");
}

static void worker(void) { deep(60); }

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, worker);
    goro_wg_wait(&wg);
    return 0;
}
