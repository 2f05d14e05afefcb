// Registering for one signal is not published by another that goes to the same channel.
// expect: GR001
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void starter(void) {
    goro_notify(c, SIGUSR1);
    x = 1;                   // race: first
    goro_notify(c, SIGUSR2); // publishes x by SIGUSR2 only
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    kill(getpid(), SIGUSR1);
    if (chan_recv(c) != SIGUSR1) goro_panic("another signal");
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    together(starter, receiver);
    return 0;
}
