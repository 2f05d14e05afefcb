// A select of eight channels, none of which anybody else knows.
// expect: GD003
// mode: race
#include "../stage.h"
#include "../told.h"

enum { CHANNELS = 8 };

static void lost(void) {
    goro_select_case cases[CHANNELS];
    int value;
    for (int i = 0; i < CHANNELS; i++) {
        chan(int) c = chan_make(int, 0);
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(c), .value = &value};
    }
    goro_select(cases, CHANNELS, false); // at: GD003
}

int main(void) {
    go(lost);
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    return 0;
}
