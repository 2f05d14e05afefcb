// SIGQUIT shows where every goroutine is, and ends the program with status 2.
// expect: none
// exit: 2
// stderr-has: SIGQUIT: quit
// stderr-has: goroutine 1 [
// stderr-has: goroutine 2 "the one that waits" [chan
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static void child(chan(int) c) {
    goro_set_name("the one that waits");
    stage_done();
    chan_recv(c);
}

int main(void) {
    go(child, chan_make(int, 0));
    stage_await(1);
    stage_pause();
    kill(getpid(), SIGQUIT);
    for (;;) pause();
}
