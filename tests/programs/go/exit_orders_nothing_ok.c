// The same, with a channel that tells the end.
// expect: none
#include "../stage.h"

static int x;

static void child(chan(goro_empty) end) {
    x = 1;
    chan_close(end);
}

int main(void) {
    chan(goro_empty) end = chan_make(goro_empty, 0);
    go(child, end);
    chan_recv(end);
    use(x);
    chan_free(end);
    return 0;
}
