// Two senders that never touch each other's data; the receiver may touch both once it has both values.
// expect: none
#include "../stage.h"

static int x, y;
static chan(int) c;

static void one(void) {
    x = 1;
    chan_send(c, 1);
}

static void two(void) {
    y = 1;
    chan_send(c, 2);
}

int main(void) {
    c = chan_make(int, 2);
    go(one);
    go(two);
    chan_recv(c);
    chan_recv(c);
    x = y = 2;
    chan_free(c);
    return 0;
}
