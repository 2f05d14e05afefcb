// The timer may be freed in its own function.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct alarm { goro_timer timer; goro_wg *wg; };

static void ring(void *arg) {
    struct alarm *a = arg;
    goro_wg *wg = a->wg;
    free(a);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 20);
    for (int i = 0; i < 20; i++) {
        struct alarm *a = calloc(1, sizeof *a);
        a->wg = &wg;
        goro_after_func(&a->timer, i * 100 * GORO_MICROSECOND, ring, a);
    }
    goro_wg_wait(&wg);
    return 0;
}
