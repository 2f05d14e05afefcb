// A signal orders nothing: what was done before it was raised races with what its receiver does.
// expect: GR001
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void raiser(void) {
    x = 1; // race: first
    kill(getpid(), SIGUSR1);
}

static void receiver(void) {
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    goro_notify(c, SIGUSR1);
    together(raiser, receiver);
    return 0;
}
