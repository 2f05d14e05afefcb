// The access is in a function that the compiler inlines: the frame is still there.
// expect: GR001
#include "../stage.h"

static int x;

static inline __attribute__((always_inline)) void bump(int by) {
    x += by; // race: both
}

static void one(void) { bump(1); }

static void two(void) { bump(2); }

int main(void) {
    together(one, two);
    return 0;
}
