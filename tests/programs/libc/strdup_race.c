// strdup reads the string.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>
#include <string.h>

static char shared[] = "a string";

static void copier(void) {
    free(strdup(shared)); // race: first
}

static void writer(void) {
    shared[7] = 'G'; // race: second
}

int main(void) {
    together(copier, writer);
    return 0;
}
