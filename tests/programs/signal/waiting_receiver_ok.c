// The same with a receiver that waits on a channel without room: the signal meets it.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;
static atomic_bool received;

static void starter(void) {
    x = 1;
    goro_notify(c, SIGUSR1);
    stage_done();
    while (!atomic_load_explicit(&received, memory_order_relaxed)) { /* until it comes while the other waits */
        kill(getpid(), SIGUSR1);
        goro_yield();
    }
}

static void receiver(void) {
    stage_await(1);
    chan_recv(c);
    use(x);
    atomic_store_explicit(&received, true, memory_order_relaxed);
}

int main(void) {
    c = chan_make(int, 0);
    together(starter, receiver);
    return 0;
}
