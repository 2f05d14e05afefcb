// Waiters are not ordered with each other.
// expect: GR001
#include "../stage.h"

static int x;
static goro_wg work;

static void waiter(void) {
    goro_wg_wait(&work);
    x++; // race: both
}

int main(void) {
    goro_wg waiters = {0};
    goro_wg_add(&work, 1);
    goro_wg_go(&waiters, waiter);
    goro_wg_go(&waiters, waiter);
    stage_pause();
    goro_wg_done(&work);
    goro_wg_wait(&waiters);
    return 0;
}
