// Two goroutines, each to call Done when the other has: no Done is missing on any way out, all are asleep.
// expect: GD001*1
// exit: 2
#include <goro.h>

static void worker(goro_wg *mine, goro_wg *others) {
    goro_wg_wait(others); // at: GD001
    goro_wg_done(mine);
}

int main(void) {
    goro_wg a = {0}, b = {0};
    goro_wg_add(&a, 1);
    goro_wg_add(&b, 1);
    go(worker, &a, &b);
    go(worker, &b, &a);
    goro_wg_wait(&a);
    return 0;
}
