// A goroutine in a plain blocking read does not keep the others from running, on one P either.
// expect: none
#include "../stage.h"
#include <unistd.h>

static int p[2];

static void blocked(goro_wg *wg) {
    char c;
    if (read(p[0], &c, 1) != 1) goro_panic("read");
    goro_wg_done(wg);
}

static void rescuer(void) {
    if (write(p[1], "x", 1) != 1) goro_panic("write");
}

int main(void) {
    goro_wg wg = {0};
    if (pipe(p)) return 1;
    goro_wg_add(&wg, 1);
    go(blocked, &wg);
    goro_yield();
    go(rescuer);
    goro_wg_wait(&wg);
    return 0;
}
