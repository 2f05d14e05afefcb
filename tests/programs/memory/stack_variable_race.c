// A variable on main's stack, given to a goroutine, and written by both.
// expect: GR001
#include "../stage.h"

static void child(goro_wg *wg, int *theirs) {
    *theirs = 2; // race: first
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int mine = 1;
    goro_wg_add(&wg, 1);
    go(child, &wg, &mine);
    mine++; // race: second
    goro_wg_wait(&wg);
    use(mine);
    return 0;
}
