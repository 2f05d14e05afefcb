// A plain store that is ordered before the atomic ones by the spawn, and after them by the join.
// expect: none
#include "../stage.h"

static int x;

static void bump(void) { __atomic_fetch_add(&x, 1, __ATOMIC_RELAXED); }

int main(void) {
    x = 1;
    together(bump, bump);
    x += 1;
    return x != 4;
}
