// Two goroutines that each may send or receive on the same channel: every transfer pairs the two and orders both ways.
// expect: none
#include "../stage.h"

static chan(int) c;
static int x;

static void player(int first) {
    int v = 0;
    if (first) x = 1;
    for (int i = 0; i < 200; i++) {
        chan_select {
            chan_case_send(c, i) {}
            chan_case_recv(c, v) {
                if (v != i) goro_panic("round %d: %d", i, v);
            }
        }
    }
    use(x);
}

int main(void) {
    goro_wg wg = {0};
    c = chan_make(int, 0);
    goro_wg_go(&wg, player, 0);
    goro_wg_go(&wg, player, 1);
    goro_wg_wait(&wg);
    chan_free(c);
    return 0;
}
