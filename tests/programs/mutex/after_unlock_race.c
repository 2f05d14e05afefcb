// After the unlock nothing is protected.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex mu;

static void early(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    x++; // race: first
    stage_done();
}

static void late(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    x++; // race: second
    goro_mutex_unlock(&mu);
}

int main(void) {
    together(early, late);
    return 0;
}
