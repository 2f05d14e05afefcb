// What was done before goro_notify is before the receive of the signal, by whomever.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void starter(void) {
    x = 1;
    goro_notify(c, SIGUSR1);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    kill(getpid(), SIGUSR1);
    if (chan_recv(c) != SIGUSR1) goro_panic("another signal");
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    together(starter, receiver);
    chan_free(c);
    return 0;
}
