// A ping-pong of 10,000 rounds over one variable.
// expect: none
#include "../stage.h"

static int x;
static chan(int) ping, pong;

static void left(void) {
    for (int i = 0; i < 10000; i++) {
        x++;
        chan_send(ping, i);
        chan_recv(pong);
    }
}

static void right(void) {
    for (int i = 0; i < 10000; i++) {
        chan_recv(ping);
        x++;
        chan_send(pong, i);
    }
}

int main(void) {
    ping = chan_make(int, 0);
    pong = chan_make(int, 0);
    together(left, right);
    chan_free(ping);
    chan_free(pong);
    return x != 20000;
}
