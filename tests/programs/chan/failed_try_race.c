// A try that fails orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) full, empty;

static void one(void) {
    x = 1; // race: first
    chan_try_send(full, 1);
    int v;
    chan_try_recv(empty, &v);
    stage_done();
}

static void two(void) {
    int v;
    stage_await(1);
    chan_try_send(full, 2);
    chan_try_recv(empty, &v);
    use(x); // race: second
}

int main(void) {
    full = chan_make(int, 1);
    empty = chan_make(int, 1);
    chan_send(full, 0);
    together(one, two);
    chan_free(full);
    chan_free(empty);
    return 0;
}
