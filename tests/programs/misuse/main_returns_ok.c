// main's return ends the program though goroutines are still running.
// expect: none
// stdout: done
#include "../stage.h"
#include <stdio.h>

static void spin(void) {
    for (;;) goro_yield();
}

int main(void) {
    go(spin);
    go(spin);
    goro_yield();
    printf("done\n");
    return 0;
}
