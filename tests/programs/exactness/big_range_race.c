// A memset of a megabyte and a write of one byte in its middle.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>
#include <string.h>

static char *block;

static void setter(void) {
    memset(block, 1, 1 << 20); // race: first
}

static void writer(void) {
    block[654321] = 2; // race: second
}

int main(void) {
    block = malloc(1 << 20);
    together(setter, writer);
    free(block);
    return 0;
}
