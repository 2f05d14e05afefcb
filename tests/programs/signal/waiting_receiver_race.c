// Meeting a waiting receiver, the signal brings nothing from whoever raised it.
// expect: GR001
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static int x;
static chan(int) c;
static atomic_bool received;

static void starter(void) {
    goro_notify(c, SIGUSR1);
    x = 1; // race: first
    stage_done();
    while (!atomic_load_explicit(&received, memory_order_relaxed)) {
        kill(getpid(), SIGUSR1);
        goro_yield();
    }
}

static void receiver(void) {
    stage_await(1);
    chan_recv(c);
    use(x); // race: second
    atomic_store_explicit(&received, true, memory_order_relaxed);
}

int main(void) {
    c = chan_make(int, 0);
    together(starter, receiver);
    return 0;
}
