// 20,000 goroutines live and die between the two accesses, and use every slot there is again: order is never invented.
// expect: GR001
// timeout: 60
#include "../stage.h"

static int x;

static void filler(goro_wg *wg) { goro_wg_done(wg); }

static void early(void) {
    x = 1; // race: first
    stage_done();
}

static void late(void) {
    stage_await(2);
    use(x); // race: second
}

int main(void) {
    goro_wg wg = {0}, end = {0};
    goro_wg_go(&end, late);
    goro_wg_go(&end, early);
    stage_await(1);
    for (int round = 0; round < 200; round++) {
        goro_wg_add(&wg, 100);
        for (int i = 0; i < 100; i++) go(filler, &wg);
        goro_wg_wait(&wg);
    }
    stage_done();
    goro_wg_wait(&end);
    return 0;
}
