// One goroutine frees what another still reads: the free is a write of the whole block.
// expect: GR003
#include "../stage.h"
#include <stdlib.h>

static long *block;

static void reader(void) {
    use(block[3]); // race: first
    stage_done();
}

static void freer(void) {
    stage_await(1);
    free(block); // race: second
}

int main(void) {
    block = calloc(10, sizeof *block);
    together(reader, freer);
    return 0;
}
