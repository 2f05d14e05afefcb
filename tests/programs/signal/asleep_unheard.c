// A signal that is sent to a channel on which nobody waits keeps nobody awake.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"
#include <signal.h>

int main(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGALRM);
    return chan_recv(chan_make(int, 0));
}
