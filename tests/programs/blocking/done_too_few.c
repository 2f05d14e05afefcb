// A WaitGroup of two of which one returns early.
// expect: GW001*1 GD001*1
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_wg wg;

static void one(void) { goro_wg_done(&wg); }

static void two(void) { goro_wg_wait(&wg); } // at: GW001

int main(void) {
    goro_wg_add(&wg, 2);
    together(one, two);
    return 0;
}
