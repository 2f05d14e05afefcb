// A plain read of a counter that others bump atomically.
// expect: GR002
#include "../stage.h"

static long x;

static void bump(void) {
    __atomic_fetch_add(&x, 1, __ATOMIC_RELAXED); // race: first
}

static void reader(void) {
    use(x); // race: second
}

int main(void) {
    together3(bump, bump, reader);
    return 0;
}
