// What the once function did is before the return of every goro_once_do.
// expect: none
#include "../stage.h"

static int x;
static goro_once once;

static void init(int to) { x = to; }

static void user(void) {
    goro_once_do(&once, init, 5);
    use(x);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, user);
    goro_wg_wait(&wg);
    return x != 5;
}
