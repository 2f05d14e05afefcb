// The value given, or an element of an array for each.
// expect: none
#include "../stage.h"

static void child(goro_wg *wg, int i, int *mine) {
    *mine = i * i;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int squares[16], sum = 0;
    for (int i = 0; i < 16; i++) {
        goro_wg_add(&wg, 1);
        go(child, &wg, i, &squares[i]);
    }
    goro_wg_wait(&wg);
    for (int i = 0; i < 16; i++) sum += squares[i];
    return sum != 1240;
}
