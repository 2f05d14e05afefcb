// Accesses at the bottom of 200 calls: both stacks are there.
// expect: GR001
#include "../stage.h"

static int x;

static int __attribute__((noinline)) dive(int depth) {
    if (depth == 0) {
        x++; // race: both
        return 0;
    }
    int below = dive(depth - 1);
    __asm__ volatile("" : "+r"(below));
    return below + 1;
}

static void diver(void) {
    if (dive(200) != 200) goro_panic("depth");
}

int main(void) {
    together(diver, diver);
    return 0;
}
