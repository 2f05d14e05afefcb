// The repaired twin: what the receiver needs goes by a channel, too.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;
static chan(goro_empty) ready;

static void raiser(void) {
    x = 1;
    chan_close(ready);
    kill(getpid(), SIGUSR1);
}

static void receiver(void) {
    chan_recv(c);
    chan_recv(ready);
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    ready = chan_make(goro_empty, 0);
    goro_notify(c, SIGUSR1);
    together(raiser, receiver);
    return 0;
}
