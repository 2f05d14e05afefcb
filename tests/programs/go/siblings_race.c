// Two children of one parent are unordered.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads

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
