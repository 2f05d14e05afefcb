// Two goroutines send all that they have and end; nobody closes the channel.
// expect: GD001
// exit: 2
#include "../stage.h"

static void producer(chan(int) c) {
    for (int i = 0; i < 3; i++) chan_send(c, i); // at: GD001
}

int main(void) {
    chan(int) c = chan_make(int, 2);
    int v;
    go(producer, c);
    go(producer, c);
    chan_range(v, c) use(v); // at: GD001
    return 0;
}
