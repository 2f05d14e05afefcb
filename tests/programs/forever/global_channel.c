// The channel is in a variable of the program's, so that anybody might still send: what is certain is said at the end.
// expect: GL001*1
#include "../live.h"

static chan(int) c;

static void receiver(void) {
    use(chan_recv(c)); // at: GL001
}

int main(void) {
    c = chan_make(int, 0);
    live_start();
    go(receiver);
    goro_sleep(GORO_SECOND / 5);
    live_stop();
    return 0;
}
