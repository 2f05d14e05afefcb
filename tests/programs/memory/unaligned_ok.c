// The bytes on both sides of an unaligned access.
// expect: none
#include "../stage.h"

struct __attribute__((packed)) packed { char pad[5]; long value; char after; };
static union { struct packed p; char byte[16]; } u;

static void whole(void) { u.p.value = -1; }

static void parts(void) { u.byte[4] = u.byte[13] = 1; }

int main(void) {
    together(whole, parts);
    return 0;
}
