// A program that dies of a fault has delivered what was found, and still dies of it.
// expect: GR001
// exit: 139
// stderr-has: [signal SIGSEGV: segmentation violation
#include "../stage.h"

static int x;

static void child(void) {
    x++; // race: both
}

int main(void) {
    together(child, child);
    *(volatile int *)NULL = 1;
    return 0;
}
