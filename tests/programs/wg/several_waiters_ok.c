// Everyone who waits is after all that was done.
// expect: none
#include "../stage.h"

static int x;
static goro_wg work;

static void worker(void) {
    stage_pause();
    x = 1;
    goro_wg_done(&work);
}

static void waiter(void) {
    goro_wg_wait(&work);
    use(x);
}

int main(void) {
    goro_wg waiters = {0};
    goro_wg_add(&work, 1);
    for (int i = 0; i < 10; i++) goro_wg_go(&waiters, waiter);
    go(worker);
    goro_wg_wait(&waiters);
    return 0;
}
