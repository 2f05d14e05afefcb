// The twin: the one that works on has the channel, and receives in the end. It knows it by a variable in main's frame.
// expect: none
#include "../live.h"

static void scale(chan(int) in, chan(int) out, goro_wg *wg) {
    int v;
    chan_range(v, in) chan_send(out, v / 2);
    goro_wg_done(wg);
}

static void receive_later(chan(int) *out) {
    goro_sleep(GORO_SECOND);
    for (int i = 0; i < 4; i++) use(chan_recv(*out));
}

int main(void) {
    chan(int) in = chan_make(int, 4), out = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) go(scale, in, out, &wg);
    go(receive_later, &out);
    for (int i = 0; i < 4; i++) chan_send(in, i);
    chan_close(in);
    goro_wg_wait(&wg);
    return 0;
}
