// strlen reads up to the zero.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char text[32] = "some text";
static char *volatile shared = text;

static void measurer(void) {
    use((long)strlen(shared)); // race: first
}

static void writer(void) {
    text[5] = 'T'; // race: second
}

int main(void) {
    together(measurer, writer);
    return 0;
}
