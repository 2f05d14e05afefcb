// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GW001
#include "../live.h"

static goro_wg wg;

static void one(void) { goro_wg_done(&wg); }

static void two(void) { goro_wg_wait(&wg); } // at: GW001

int main(void) {
    goro_wg_add(&wg, 2);
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    while (goro_count() > 2) goro_yield(); /* who has not ended could still call Done */
    return 0;
}
