// A sleep beside real synchronisation.
// expect: none
#include "../stage.h"

static int x;

static void child(chan(int) c) {
    goro_sleep(5 * GORO_MILLISECOND);
    x = 1;
    chan_send(c, 1);
}

int main(void) {
    chan(int) c = chan_make(int, 1);
    go(child, c);
    goro_sleep(1 * GORO_MILLISECOND);
    chan_recv(c);
    use(x);
    chan_free(c);
    return 0;
}
