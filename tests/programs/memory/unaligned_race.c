// An unaligned access over two words, and the first byte of the second word.
// expect: GR001
#include "../stage.h"

struct __attribute__((packed)) packed { char pad[5]; long value; };
union { struct packed p; char byte[16]; } u; // not static: a compiler drops stores that nobody reads

static void whole(void) {
    u.p.value = -1; // race: first
}

static void part(void) {
    u.byte[12] = 1; // race: second
}

int main(void) {
    together(whole, part);
    return 0;
}
