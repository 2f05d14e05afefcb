// Elements of size 0 have slots too: two senders on different slots are unordered.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads
static chan(goro_empty) c;

static void one(void) {
    x = 1; // race: first
    chan_send(c, (goro_empty){});
    stage_done();
}

static void two(void) {
    stage_await(1);
    chan_send(c, (goro_empty){});
    x = 2; // race: second
}

int main(void) {
    c = chan_make(goro_empty, 2);
    together(one, two);
    chan_recv(c);
    chan_recv(c);
    chan_free(c);
    return 0;
}
