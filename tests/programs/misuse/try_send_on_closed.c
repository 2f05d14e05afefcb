// And by a try.
// expect: GC001
// exit: 2
// stderr-has: panic: send on closed channel
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 1);
    chan_close(c);
    use(chan_try_send(c, 1)); // at: GC001
    return 0;
}
