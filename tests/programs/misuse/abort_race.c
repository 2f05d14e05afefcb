// A program that dies of a signal still delivers what was found.
// expect: GR001
// exit: 134
#include "../stage.h"
#include <stdlib.h>

static int x;

static void child(void) {
    x++; // race: both
}

int main(void) {
    together(child, child);
    abort();
}
