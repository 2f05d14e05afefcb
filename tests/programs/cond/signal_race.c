// What the signaller does after the signal is unordered with the one it woke.
// expect: GR001
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int waiting, x;

static void waiter(void) {
    goro_mutex_lock(&mu);
    waiting = 1;
    goro_cond_wait(&cond);
    goro_mutex_unlock(&mu);
    use(x); // race: first
}

static void signaller(void) {
    for (int seen = 0; !seen;) {
        goro_mutex_lock(&mu);
        seen = waiting;
        goro_mutex_unlock(&mu);
        goro_yield();
    }
    goro_cond_signal(&cond);
    x = 1; // race: second
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together(waiter, signaller);
    return 0;
}
