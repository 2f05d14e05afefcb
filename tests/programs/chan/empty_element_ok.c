// Elements of size 0 order as any others.
// expect: none
#include "../stage.h"

static int x;
static chan(goro_empty) c;

static void sender(void) {
    x = 1;
    chan_send(c, (goro_empty){});
}

static void receiver(void) {
    chan_recv(c);
    use(x);
}

int main(void) {
    c = chan_make(goro_empty, 4);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
