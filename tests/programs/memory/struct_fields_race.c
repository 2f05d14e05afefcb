// Both bump the same field of a structure on the heap.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

struct pair { int left; long right; };

static void child(goro_wg *wg, struct pair *p) {
    p->right++; // race: both
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    struct pair *p = calloc(1, sizeof *p);
    goro_wg_add(&wg, 2);
    go(child, &wg, p);
    go(child, &wg, p);
    goro_wg_wait(&wg);
    free(p);
    return 0;
}
