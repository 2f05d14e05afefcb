// main sends what nobody receives.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 1);
    chan_send(c, 1);
    chan_send(c, 2);
    return 0;
}
