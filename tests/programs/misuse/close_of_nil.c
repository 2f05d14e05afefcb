// expect: GC002
// exit: 2
// stderr-has: panic: close of nil channel
#include "../stage.h"

int main(void) {
    chan(int) c = NULL;
    chan_close(c); // at: GC002
    return 0;
}
