// A signal is before the return of the wait that it unblocks, even when the signaller holds no lock.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int waiting, x;

static void waiter(void) {
    goro_mutex_lock(&mu);
    waiting = 1;
    goro_cond_wait(&cond);
    goro_mutex_unlock(&mu);
    use(x);
}

static void signaller(void) {
    for (int seen = 0; !seen;) {
        goro_mutex_lock(&mu);
        seen = waiting;
        goro_mutex_unlock(&mu);
        goro_yield();
    }
    x = 1;
    goro_cond_signal(&cond);
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together(waiter, signaller);
    return 0;
}
