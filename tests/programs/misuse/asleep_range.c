// Nobody closes the channel.
// expect: GD001
// exit: 2
// stdout: 0
// stdout: 1
// stdout: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"
#include <stdio.h>

static void producer(chan(int) c) {
    for (int i = 0; i < 3; i++) chan_send(c, i);
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    int v;
    go(producer, c);
    chan_range(v, c) {
        printf("%d\n", v);
        fflush(stdout);
    }
    return 0;
}
