// A ping-pong of 10,000 rounds, and one access on the wrong side of a send at its end.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) ping, pong;

static void left(void) {
    for (int i = 0; i < 10000; i++) {
        chan_send(ping, i);
        chan_recv(pong);
    }
    chan_send(ping, 0);
    x++; // race: first
}

static void right(void) {
    for (int i = 0; i < 10000; i++) {
        chan_recv(ping);
        x++;
        chan_send(pong, i);
    }
    chan_recv(ping);
    x++; // race: second
}

int main(void) {
    ping = chan_make(int, 0);
    pong = chan_make(int, 0);
    together(left, right);
    chan_free(ping);
    chan_free(pong);
    return 0;
}
