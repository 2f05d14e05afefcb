// memset writes.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char shared[1000];
static volatile size_t size = 500;

static void setter(void) {
    memset(shared, 1, size); // race: first
}

static void reader(void) {
    use(shared[0]); // race: second
}

int main(void) {
    together(setter, reader);
    return 0;
}
