// One ranges over a channel that the other, who has sent all, does not close.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static chan(int) c;

static void one(void) {
    int v;
    chan_range(v, c) use(v); // at: GD001
}

static void two(void) {
    for (int i = 0; i < 3; i++) chan_send(c, i);
}

int main(void) {
    c = chan_make(int, 0);
    together(one, two);
    return 0;
}
