// A race found on the heap through two different pointers into the block.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

static char *start, *middle;

static void one(void) {
    start[500] = 1; // race: first
}

static void two(void) {
    middle[-12] = 2; // race: second
}

int main(void) {
    start = calloc(1, 1024);
    middle = start + 512;
    together(one, two);
    free(start);
    return 0;
}
