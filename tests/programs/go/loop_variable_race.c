// The address of a loop variable given to each goroutine: they read it while the loop goes on.
// expect: GR001
#include "../stage.h"

static void child(goro_wg *wg, int *i) {
    use(*i); // race: first
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int i = 0;
    goro_wg_add(&wg, 1);
    go(child, &wg, &i);
    i++; // race: second
    goro_wg_wait(&wg);
    return i != 1;
}
