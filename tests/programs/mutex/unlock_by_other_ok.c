// An unlock by another goroutine than the locker publishes what the unlocker did.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void unlocker(void) {
    x = 1;
    goro_mutex_unlock(&mu);
}

static void next(void) {
    goro_mutex_lock(&mu);
    use(x);
    goro_mutex_unlock(&mu);
}

int main(void) {
    goro_mutex_lock(&mu);
    together(next, unlocker);
    return 0;
}
