// Three are let in by a channel of capacity 2 one after the other: the third is ordered after the first (receive 1 ->
// send 3), not after the second.
// expect: GR001
#include "../stage.h"

static int x, y;
static chan(goro_empty) c;

static void first(void) {
    chan_send(c, (goro_empty){});
    stage_done();
    stage_await(2);
    x = 1;
    chan_recv(c);
    stage_done();
}

static void second(void) {
    stage_await(1);
    chan_send(c, (goro_empty){});
    y = 1; // race: first
    stage_done();
    stage_await(4);
    chan_recv(c);
}

static void third(void) {
    stage_await(3);
    chan_send(c, (goro_empty){});
    use(x);
    use(y); // race: second
    stage_done();
}

int main(void) {
    c = chan_make(goro_empty, 2);
    together3(first, second, third);
    chan_recv(c);
    chan_free(c);
    return 0;
}
