// A try that succeeds orders as the operation that it is.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1;
    while (!chan_try_send(c, 1)) goro_yield();
}

static void receiver(void) {
    int v;
    while (!chan_try_recv(c, &v)) goro_yield();
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
