// A try on an unbuffered channel succeeds when the other side waits, and is then an exchange both ways.
// expect: none
#include "../stage.h"

static int x, y;
static chan(int) c;

static void sender(void) {
    x = 1;
    while (!chan_try_send(c, 1)) goro_yield();
    use(y);
}

static void receiver(void) {
    y = 1;
    chan_recv(c);
    use(x);
}

int main(void) {
    c = chan_make(int, 0);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
