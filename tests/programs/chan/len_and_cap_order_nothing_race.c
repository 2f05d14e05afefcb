// Seeing the length change is no synchronisation.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1; // race: first
    chan_send(c, 1);
}

static void watcher(void) {
    while (chan_len(c) == 0) goro_yield();
    use(chan_cap(c));
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, watcher);
    chan_free(c);
    return 0;
}
