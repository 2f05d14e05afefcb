// goro_wg_go is add, go and a Done at the end.
// expect: none
#include "../stage.h"

static int x;

static void child(int to) {
    use(x);
    x = to;
}

int main(void) {
    goro_wg wg = {0};
    x = 1;
    goro_wg_go(&wg, child, 2);
    goro_wg_wait(&wg);
    return x != 2;
}
