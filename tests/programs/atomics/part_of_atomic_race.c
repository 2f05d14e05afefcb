// A plain write of one byte of an atomic word.
// expect: GR002
#include "../stage.h"

union { int word; char byte[4]; } u; // not static: a compiler drops stores that nobody reads

static void atomic_side(void) {
    __atomic_store_n(&u.word, 1, __ATOMIC_RELEASE); // race: first
}

static void plain_side(void) {
    u.byte[3] = 1; // race: second
}

int main(void) {
    together(atomic_side, plain_side);
    return 0;
}
