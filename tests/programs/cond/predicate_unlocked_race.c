// The state that the waiter tests is changed without the lock; only the signal is right.
// expect: GR001
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int ready;

static void waiter(void) {
    goro_mutex_lock(&mu);
    if (!ready) // race: first
        goro_yield();
    goro_mutex_unlock(&mu);
}

static void setter(void) {
    ready = 1; // race: second
    goro_cond_signal(&cond);
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together(waiter, setter);
    return 0;
}
