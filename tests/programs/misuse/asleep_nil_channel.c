// A receive from nil blocks for ever. That is why all are asleep, so it is told once.
// expect: GC003
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

int main(void) {
    chan(int) c = NULL;
    return chan_recv(c);
}
