// The read lock is given up first.
// expect: none
#include "../live.h"

static goro_rwmutex rw;
static int x;

static void upgrader(void) {
    goro_rwmutex_rlock(&rw);
    use(x);
    goro_rwmutex_runlock(&rw);
    goro_rwmutex_lock(&rw);
    x++;
    goro_rwmutex_unlock(&rw);
}

int main(void) {
    live_start();
    together(upgrader, upgrader);
    live_stop();
    return x != 2;
}
