// A panic in any goroutine ends the program.
// expect: none
// exit: 2
// stderr-has: panic: from below
#include "../stage.h"

static void child(void) { goro_panic("from below"); }

int main(void) {
    go(child);
    goro_sleep(10 * GORO_SECOND);
    return 0;
}
