// The program's own status.
// expect: none
// exit: 7
#include "../stage.h"
#include <stdlib.h>

static void leaver(void) { exit(7); }

int main(void) {
    go(leaver);
    goro_sleep(10 * GORO_SECOND);
    return 0;
}
