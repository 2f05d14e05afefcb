// Those who find it done do not order each other.
// expect: GR001
#include "../stage.h"

static int x;
static goro_once once;

static void init(void) {}

static void caller(void) {
    x++; // race: both
    goro_once_do(&once, init);
}

int main(void) {
    goro_once_do(&once, init);
    together(caller, caller);
    return 0;
}
