// Two children of one parent are unordered.
// expect: GR001
#include "../stage.h"

static int x;

static void one(void) {
    x = 1; // race: first
}

static void two(void) {
    x = 2; // race: second
}

int main(void) {
    together(one, two);
    return 0;
}
