// In a select, too: a send case on a closed channel is chosen, and panics.
// expect: GC001
// exit: 2
// stderr-has: panic: send on closed channel
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 0);
    chan_close(c);
    chan_select {
        chan_case_send(c, 1) {}
        chan_default {}
    }
    return 0;
}
