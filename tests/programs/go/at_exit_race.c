// A deferred call runs in its goroutine: after a Done in the body it is unordered with the waiter.
// expect: GR001
#include "../stage.h"

static int x;
static goro_wg wg;

static void deferred(void *arg) {
    (void)arg;
    x = 1; // race: first
    stage_done();
}

static void child(void) {
    goro_at_exit(deferred, NULL);
    goro_wg_done(&wg);
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(child);
    goro_wg_wait(&wg);
    stage_await(1);
    use(x); // race: second
    return 0;
}
