// A lock taken by one goroutine and given up by another, which a channel has told.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static int x;
static chan(goro_empty) yours;

static void taker(void) {
    for (int i = 0; i < 20; i++) {
        goro_mutex_lock(&mu);
        x++;
        chan_send(yours, (goro_empty){});
    }
}

static void giver(void) {
    for (int i = 0; i < 20; i++) {
        chan_recv(yours);
        x++;
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    yours = chan_make(goro_empty, 0);
    together(taker, giver);
    chan_free(yours);
    return x != 40;
}
