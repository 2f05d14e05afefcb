// 64 goroutines read, all are joined, then it is written; and again.
// expect: none
#include "../stage.h"

static int x;

static void reader(goro_wg *wg, int round) {
    if (x != round) goro_panic("read %d in round %d", x, round);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    for (int round = 0; round < 10; round++) {
        x = round;
        goro_wg_add(&wg, 64);
        for (int i = 0; i < 64; i++) go(reader, &wg, round);
        goro_wg_wait(&wg);
    }
    return 0;
}
