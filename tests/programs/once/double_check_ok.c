// The check made with an acquire that pairs with a release.
// expect: none
#include "../stage.h"

static int value;
static atomic_int ready;
static goro_mutex mu;

static int get(void) {
    if (!atomic_load_explicit(&ready, memory_order_acquire)) {
        goro_mutex_lock(&mu);
        if (!atomic_load_explicit(&ready, memory_order_relaxed)) {
            value = 42;
            atomic_store_explicit(&ready, 1, memory_order_release);
        }
        goro_mutex_unlock(&mu);
    }
    return value;
}

static void user(void) {
    if (get() != 42) goro_panic("half made");
}

int main(void) {
    together3(user, user, user);
    return 0;
}
