// errno belongs to the goroutine, across switches.
// expect: none
#include "../stage.h"

static void worker(int mine) {
    for (int i = 0; i < 30; i++) {
        errno = mine;
        goro_yield();
        if (errno != mine) goro_panic("errno is %d, not %d", errno, mine);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 1; i <= 6; i++) goro_wg_go(&wg, worker, i);
    goro_wg_wait(&wg);
    return 0;
}
