// What comes after goro_notify is not published by the signal.
// expect: GR001
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void starter(void) {
    goro_notify(c, SIGUSR1);
    x = 1; // race: first
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    kill(getpid(), SIGUSR1);
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    together(starter, receiver);
    return 0;
}
