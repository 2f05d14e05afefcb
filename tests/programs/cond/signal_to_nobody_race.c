// A signal that wakes nobody orders nothing: the later wait is unblocked by somebody else's.
// expect: GR001
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int waiting, x;

static void early(void) {
    x = 1; // race: first
    goro_cond_signal(&cond);
    stage_done();
}

static void waiter(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    waiting = 1;
    goro_cond_wait(&cond);
    goro_mutex_unlock(&mu);
    use(x); // race: second
}

static void waker(void) {
    for (int seen = 0; !seen;) {
        goro_mutex_lock(&mu);
        seen = waiting;
        goro_mutex_unlock(&mu);
        goro_yield();
    }
    goro_cond_signal(&cond);
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together3(early, waiter, waker);
    return 0;
}
