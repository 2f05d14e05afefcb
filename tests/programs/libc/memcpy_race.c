// memcpy reads its source: any size.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char shared[1000];
static volatile size_t size = 1000;

static void copier(void) {
    char mine[1000];
    memcpy(mine, shared, size); // race: first
    use(mine[999]);
}

static void writer(void) {
    shared[999] = 1; // race: second
}

int main(void) {
    together(copier, writer);
    return 0;
}
