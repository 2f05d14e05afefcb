// A channel of capacity 2 is no mutex: two may be inside.
// expect: GR001
#include "../stage.h"

static int x;
static chan(goro_empty) lock;

static void count(void) {
    chan_send(lock, (goro_empty){});
    stage_done();
    stage_await(2);
    x++; // race: both
    chan_recv(lock);
}

int main(void) {
    lock = chan_make(goro_empty, 2);
    together(count, count);
    chan_free(lock);
    return 0;
}
