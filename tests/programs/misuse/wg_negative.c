// expect: GW002
// exit: 2
// stderr-has: panic: sync: negative WaitGroup counter
#include "../stage.h"

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    goro_wg_done(&wg);
    goro_wg_done(&wg); // at: GW002
    return 0;
}
