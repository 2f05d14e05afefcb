// The int that lies beside the byte.
// expect: none
#include "../stage.h"

static union { char byte[8]; int word[2]; } u;

static void whole(void) { u.word[1] = 0x01020304; }

static void part(void) { u.byte[3] = 1; }

int main(void) {
    together(whole, part);
    return 0;
}
