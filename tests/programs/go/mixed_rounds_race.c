// Two rounds of joined goroutines, then one that nobody joined: the last is unordered with main.
// expect: GR001
#include "../stage.h"

static int x;

static void bump(void) {
    x++; // race: first
    stage_done();
}

int main(void) {
    for (int round = 0; round < 2; round++) {
        goro_wg wg = {0};
        goro_wg_go(&wg, bump);
        goro_wg_wait(&wg);
    }
    go(bump);
    stage_await(3);
    use(x); // race: second
    return 0;
}
