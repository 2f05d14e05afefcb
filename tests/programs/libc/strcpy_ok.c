// ... and not a byte more.
// expect: none
#include "../stage.h"
#include <string.h>

static char shared[32];
static char *volatile source = "four";

static void copier(void) { strcpy(shared, source); }

static void writer(void) { shared[5] = 1; }

int main(void) {
    together(copier, writer);
    return 0;
}
