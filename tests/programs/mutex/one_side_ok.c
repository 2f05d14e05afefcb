// Without the lock after the join.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void locked(void) {
    goro_mutex_lock(&mu);
    x++;
    goro_mutex_unlock(&mu);
}

int main(void) {
    together(locked, locked);
    return x != 2;
}
