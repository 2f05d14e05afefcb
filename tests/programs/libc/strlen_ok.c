// What lies behind the zero is not read.
// expect: none
#include "../stage.h"
#include <string.h>

static char text[32] = "some text";
static char *volatile shared = text;

static void measurer(void) { use((long)strlen(shared)); }

static void writer(void) { text[10] = 'T'; }

int main(void) {
    together(measurer, writer);
    return 0;
}
