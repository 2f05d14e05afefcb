// wg/each_waits_for_the_other.c with one that goes first.
// expect: none
#include <goro.h>

static void worker(goro_wg *mine, goro_wg *others) {
    if (others) goro_wg_wait(others);
    goro_wg_done(mine);
}

int main(void) {
    goro_wg a = {0}, b = {0};
    goro_wg_add(&a, 1);
    goro_wg_add(&b, 1);
    go(worker, &a, &b);
    go(worker, &b, NULL);
    goro_wg_wait(&a);
    return 0;
}
