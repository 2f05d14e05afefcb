// The caller unlocks before it calls.
// expect: none
#include "../live.h"

static goro_mutex mu;

static void inner(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
}

static void outer(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    inner();
}

int main(void) {
    live_start();
    together(outer, outer);
    live_stop();
    return 0;
}
