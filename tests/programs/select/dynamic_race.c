// goro_select: no other case orders, and the default none.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) full;

static void sender(void) {
    x = 1; // race: first
    chan_send(full, 1);
    stage_done();
}

static void chooser(void) {
    int two = 2;
    goro_select_case send = {.op = GORO_SEND, .chan = goro_chan_ptr(full), .value = &two};
    stage_await(1);
    if (goro_select(&send, 1, true) != -1) goro_panic("there is no room");
    use(x); // race: second
}

int main(void) {
    full = chan_make(int, 1);
    together(sender, chooser);
    chan_recv(full);
    chan_free(full);
    return 0;
}
