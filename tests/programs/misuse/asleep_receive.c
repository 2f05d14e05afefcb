// main waits for what nobody sends.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 0);
    return chan_recv(c);
}
