// What was done before a critical section is before a later critical section of another: ordered as it happened here.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void early(void) {
    x++;
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    stage_done();
}

static void late(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    x++;
}

int main(void) {
    together(early, late);
    return 0;
}
