// Watching the length, then receiving.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1;
    chan_send(c, 1);
}

static void watcher(void) {
    while (chan_len(c) == 0) goro_yield();
    chan_recv(c);
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, watcher);
    chan_free(c);
    return 0;
}
