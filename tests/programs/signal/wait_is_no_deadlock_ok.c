// A program that only waits for a signal is not asleep for ever.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

int main(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGALRM);
    alarm(1);
    return chan_recv(c) != SIGALRM;
}
