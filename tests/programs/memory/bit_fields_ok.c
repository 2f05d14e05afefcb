// A zero-width bit-field between them puts them into units of their own.
// expect: none
#include "../stage.h"

static struct { unsigned low : 3; unsigned : 0; unsigned high : 5; } bits;

static void one(void) { bits.low = 1; }

static void two(void) { bits.high = 2; }

int main(void) {
    together(one, two);
    return bits.low + bits.high != 3;
}
