// "Sleep until it is surely done" is no synchronisation.
// expect: GR001
#include "../stage.h"

static int x;

static void child(void) {
    x = 1; // race: first
}

int main(void) {
    go(child);
    goro_sleep(20 * GORO_MILLISECOND);
    use(x); // race: second
    return 0;
}
