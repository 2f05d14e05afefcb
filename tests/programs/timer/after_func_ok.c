// after_func: what came before is before the function, which is a goroutine of its own.
// expect: none
#include "../stage.h"

static int x;
static goro_timer timer;

static void expired(void *arg) {
    x++;
    goro_wg_done(arg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    x = 1;
    goro_after_func(&timer, GORO_MILLISECOND, expired, &wg);
    goro_wg_wait(&wg);
    return x != 2;
}
