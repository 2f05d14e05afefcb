// memcpy reads no more than it was told.
// expect: none
#include "../stage.h"
#include <string.h>

static char shared[1000];
static volatile size_t size = 999;

static void copier(void) {
    char mine[1000];
    memcpy(mine, shared, size);
    use(mine[998]);
}

static void writer(void) { shared[999] = 1; }

int main(void) {
    together(copier, writer);
    return 0;
}
