// expect: GC002
// exit: 2
// stderr-has: panic: close of closed channel
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 0);
    chan_close(c);
    chan_close(c); // at: GC002
    return 0;
}
