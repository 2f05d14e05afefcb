// main leaves by goro_exit: the others go on, and when all have ended that is a deadlock, as in Go.
// expect: GD001
// exit: 2
// stdout: still here
// stderr-has: fatal error: no goroutines (main called runtime.Goexit) - deadlock!
#include "../stage.h"
#include <stdio.h>

static void child(void) {
    goro_yield();
    printf("still here\n");
    fflush(stdout);
}

int main(void) {
    go(child);
    goro_exit();
    return 0;
}
