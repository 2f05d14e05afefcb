// memmove writes its target.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char shared[1000];
static volatile size_t size = 500;

static void mover(void) {
    memmove(shared + 100, shared, size); // race: first
}

static void reader(void) {
    use(shared[599]); // race: second
}

int main(void) {
    together(mover, reader);
    return 0;
}
