// memcmp reads both.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char shared[100], same[100];
static volatile size_t size = 100;

static void comparer(void) {
    use(memcmp(same, shared, size)); // race: first
}

static void writer(void) {
    shared[0] = 1; // race: second
}

int main(void) {
    together(comparer, writer);
    return 0;
}
