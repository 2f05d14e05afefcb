// Copies of structures of many sizes, each from and to its own place.
// expect: none
#include "../stage.h"

#define SIZES(X) X(1) X(2) X(3) X(5) X(8) X(12) X(16) X(17) X(24) X(31) X(32) X(40) X(64) X(100) X(256)
#define DECLARE(n) static struct s##n { char c[n]; } from##n, to_a##n, to_b##n;
SIZES(DECLARE)

static void copy_a(void) {
#define COPY(n) to_a##n = from##n;
    SIZES(COPY)
#undef COPY
}

static void copy_b(void) {
#define COPY(n) to_b##n = from##n;
    SIZES(COPY)
#undef COPY
}

int main(void) {
    together(copy_a, copy_b);
    return 0;
}
