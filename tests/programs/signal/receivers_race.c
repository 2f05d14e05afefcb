// Two receivers of one channel's signals: the slot that both values went through does not order them.
// expect: GR001
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;

static void first(void) {
    kill(getpid(), SIGUSR1);
    chan_recv(c);
    x = 1; // race: first
    stage_done();
}

static void second(void) {
    stage_await(1);
    kill(getpid(), SIGUSR1);
    chan_recv(c);
    x = 2; // race: second
}

int main(void) {
    c = chan_make(int, 1);
    goro_notify(c, SIGUSR1);
    together(first, second);
    use(x); /* else no optimising compiler writes it */
    return 0;
}
