// The last receiver may free the channel at once: the sender touches it no more once the receive has returned.
// expect: none
#include "../stage.h"

static void sender(chan_tx(int) c, int v) { chan_send(c, v); }

int main(void) {
    for (int i = 0; i < 200; i++) {
        chan(int) c = chan_make(int, i % 3);
        go(sender, chan_as_tx(c), i);
        if (chan_recv(c) != i) return 1;
        chan_free(c);
    }
    return 0;
}
