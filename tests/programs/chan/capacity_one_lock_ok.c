// A channel of capacity 1 as a mutex: send locks, receive unlocks.
// expect: none
#include "../stage.h"

static int x;
static chan(goro_empty) lock;

static void count(void) {
    for (int i = 0; i < 100; i++) {
        chan_send(lock, (goro_empty){});
        x++;
        chan_recv(lock);
    }
}

int main(void) {
    lock = chan_make(goro_empty, 1);
    together3(count, count, count);
    chan_free(lock);
    return x != 300;
}
