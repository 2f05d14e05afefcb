// What was found before the panic is still reported.
// expect: GR001
// exit: 2
#include "../stage.h"

static int x;

static void child(void) {
    x++; // race: both
}

int main(void) {
    together(child, child);
    goro_panic("the end");
    return 0;
}
