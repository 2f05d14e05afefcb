// An int is written by one, its third byte by the other.
// expect: GR001
#include "../stage.h"

union { char byte[8]; int word[2]; } u; // not static: a compiler drops stores that nobody reads

static void whole(void) {
    u.word[1] = 0x01020304; // race: first
}

static void part(void) {
    u.byte[6] = 1; // race: second
}

int main(void) {
    together(whole, part);
    return 0;
}
