// One side locks, the other does not.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex mu;

static void locked(void) {
    goro_mutex_lock(&mu);
    x++; // race: first
    goro_mutex_unlock(&mu);
}

static void unlocked(void) {
    x++; // race: second
}

int main(void) {
    together(locked, unlocked);
    return 0;
}
