// A select that waits is in the queues of all its channels; only the one that wakes it orders. The other channel gets
// its value afterwards.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) a, b;

static void waker(void) {
    stage_await(1);
    stage_pause();
    chan_send(a, 1);
}

static void other(void) {
    stage_await(2);
    x = 1; // race: first
    chan_send(b, 1);
    stage_done();
}

static void chooser(void) {
    int v = 0;
    stage_done();
    chan_select {
        chan_case_recv(a, v) { stage_done(); }
        chan_case_recv(b, v) { goro_panic("b has nothing yet, got %d", v); }
    }
    stage_await(3);
    use(x); // race: second
}

int main(void) {
    a = chan_make(int, 1);
    b = chan_make(int, 1);
    together3(waker, other, chooser);
    chan_recv(b);
    chan_free(a);
    chan_free(b);
    return 0;
}
