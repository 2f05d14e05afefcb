// A %s argument is read.
// expect: GR001
#include "../stage.h"
#include <stdio.h>

static char name[] = "somebody";

static void formatter(void) {
    char out[64];
    snprintf(out, sizeof out, "hello %d %s", 1, name); // race: first
    use(out[0]);
}

static void renamer(void) {
    name[3] = 'E'; // race: second
}

int main(void) {
    together(formatter, renamer);
    return 0;
}
