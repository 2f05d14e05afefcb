// The WaitGroup lies in a frame that is gone as soon as Wait returns: the last Done touches it no more.
// expect: none
#include "../stage.h"

static void worker(goro_wg *wg, int *cell, int v) {
    *cell = v;
    goro_wg_done(wg);
}

static int __attribute__((noinline)) fork_join(int n) {
    goro_wg wg = {0};
    int cell[4];
    goro_wg_add(&wg, 4);
    for (int i = 0; i < 4; i++) go(worker, &wg, &cell[i], n + i);
    goro_wg_wait(&wg);
    return cell[0] + cell[1] + cell[2] + cell[3];
}

static int __attribute__((noinline)) scribble(void) {
    volatile char over[512];
    for (int i = 0; i < 512; i++) over[i] = (char)i;
    return over[77];
}

int main(void) {
    for (int n = 0; n < 100; n++) {
        if (fork_join(n) != 4 * n + 6) return 1;
        use(scribble());
    }
    return 0;
}
