// ... and is by its own.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void starter(void) {
    goro_notify(c, SIGUSR1);
    x = 1;
    goro_notify(c, SIGUSR2);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    kill(getpid(), SIGUSR2);
    if (chan_recv(c) != SIGUSR2) goro_panic("another signal");
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    together(starter, receiver);
    return 0;
}
