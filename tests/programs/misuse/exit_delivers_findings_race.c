// exit() from a goroutine ends the program with its status when nothing was found; here something was.
// expect: GR001
// exit: 3
#include "../stage.h"
#include <stdlib.h>

static int x;

static void child(void) {
    x++; // race: both
}

static void leaver(void) {
    together(child, child);
    exit(3);
}

int main(void) {
    go(leaver);
    goro_sleep(10 * GORO_SECOND);
    return 0;
}
