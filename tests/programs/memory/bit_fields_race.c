// Two bit-fields in one unit: writing one rewrites the other.
// expect: GR001
#include "../stage.h"

struct { unsigned low : 3, high : 5; } bits; // not static: a compiler drops stores that nobody reads

static void one(void) {
    bits.low = 1; // race: first
}

static void two(void) {
    bits.high = 2; // race: second
}

int main(void) {
    together(one, two);
    return 0;
}
