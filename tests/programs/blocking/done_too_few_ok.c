// Each is counted and done.
// expect: none
#include "../live.h"

static goro_wg wg;

static void one(void) { goro_wg_done(&wg); }

static void two(void) { goro_wg_wait(&wg); }

int main(void) {
    goro_wg_add(&wg, 1);
    live_start();
    together(one, two);
    live_stop();
    return 0;
}
