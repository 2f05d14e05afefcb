// Received into a variable of one's own, waiting or not.
// expect: none
#include "../stage.h"

static chan(int) c;

static void receiver(void) {
    int got = 0;
    for (int i = 0; i < 10; i++) chan_recv_ok(c, &got);
    if (got != 9) goro_panic("got %d", got);
}

static void sender(void) {
    for (int i = 0; i < 10; i++) chan_send(c, i);
}

int main(void) {
    c = chan_make(int, 0);
    together(receiver, sender);
    chan_free(c);
    return 0;
}
