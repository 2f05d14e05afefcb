// What constructors did is before main and all its goroutines.
// expect: none
#include "../stage.h"

static int x;

static void __attribute__((constructor)) before_main(void) { x = 1; }

static void one(void) { use(x); }
static void two(void) { use(x); }

int main(void) {
    use(x);
    together(one, two);
    return x != 1;
}
