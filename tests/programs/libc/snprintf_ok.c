// Numbers are passed by value, strings of one's own are one's own, and %p reads nothing.
// expect: none
#include "../stage.h"
#include <stdio.h>

static int x = 7;
static char name[] = "somebody";

static void formatter(void) {
    char out[64];
    snprintf(out, sizeof out, "%d %p %s %.3s", x, (void *)name, "own", "precision");
    use(out[0]);
}

static void renamer(void) { name[3] = 'E'; }

int main(void) {
    together(formatter, renamer);
    return 0;
}
