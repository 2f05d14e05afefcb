// A select of eight channels, of which main knows the last one only, and sends to it late.
// expect: none
// mode: race
#include "../stage.h"

enum { CHANNELS = 8 };

static void waiter(goro_wg *wg, chan(int) last) {
    goro_select_case cases[CHANNELS];
    int value;
    for (int i = 0; i < CHANNELS; i++) {
        chan(int) c = i + 1 < CHANNELS ? chan_make(int, 0) : last;
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(c), .value = &value};
    }
    goro_select(cases, CHANNELS, false);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    chan(int) last = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, &wg, last);
    goro_sleep(200 * GORO_MILLISECOND);
    chan_send(last, 1);
    goro_wg_wait(&wg);
    return 0;
}
