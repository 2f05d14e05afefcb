// Used after another has freed it, with nothing to order the two.
// expect: GR003
#include "../stage.h"
#include <stdlib.h>

static long *block;

static void freer(void) {
    free(block); // race: first
    stage_done();
}

static void user(void) {
    stage_await(1);
    use(block[7]); // race: second
}

int main(void) {
    block = calloc(1000, sizeof *block);
    together(freer, user);
    return 0;
}
