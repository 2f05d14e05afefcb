// after_func: the function is unordered with what its starter does next.
// expect: GR001
#include "../stage.h"

static int x;
static goro_timer timer;

static void expired(void *arg) {
    x++; // race: first
    goro_wg_done(arg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    goro_after_func(&timer, GORO_MILLISECOND, expired, &wg);
    x = 1; // race: second
    goro_wg_wait(&wg);
    return 0;
}
