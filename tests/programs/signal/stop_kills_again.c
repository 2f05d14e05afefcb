// A signal that nobody wants any more does what it did before.
// expect: none
// exit: 143
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

int main(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGTERM);
    kill(getpid(), SIGTERM);
    if (chan_recv(c) != SIGTERM) return 1;
    goro_notify_stop(c);
    chan_free(c);
    kill(getpid(), SIGTERM);
    for (;;) pause();
}
