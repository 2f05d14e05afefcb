// Only a timer knows the channel: in a structure in the heap, which its function will be given.
// expect: none
#include "../live.h"

struct job {
    goro_timer timer;
    chan(int) done;
    goro_wg *wg;
};

static void finish(void *argument) {
    struct job *j = argument;
    chan_send(j->done, 1);
}

static void waiter(chan(int) done, goro_wg *wg) {
    use(chan_recv(done));
    goro_wg_done(wg);
}

static goro_wg wg;
static __attribute__((noinline)) void start(void) {
    struct job *j = calloc(1, sizeof *j);
    j->done = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, j->done, &wg);
    goro_after_func(&j->timer, GORO_SECOND / 5, finish, j);
}

int main(void) {
    live_start();
    start();
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
