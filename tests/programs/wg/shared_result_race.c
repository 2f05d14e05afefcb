// One result slot for all workers: Wait orders them with main, not with each other.
// expect: GR001
#include "../stage.h"

static int last;

static void worker(int v) {
    last = v; // race: both
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, worker, 5);
    goro_wg_go(&wg, worker, 7);
    goro_wg_wait(&wg);
    use(last);
    return 0;
}
