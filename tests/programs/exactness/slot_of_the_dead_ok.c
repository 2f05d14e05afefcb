// The same with each joined before the next.
// expect: none
#include "../stage.h"

static int x;

static void writer(void) { x++; }

int main(void) {
    for (int i = 0; i < 300; i++) {
        goro_wg wg = {0};
        goro_wg_go(&wg, writer);
        goro_wg_wait(&wg);
    }
    return x != 300;
}
