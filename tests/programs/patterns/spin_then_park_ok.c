// A flag looked at a few times, then waited for with a cond: both ways order.
// expect: none
#include "../stage.h"

static atomic_int ready;
static goro_mutex mu;
static goro_cond cond;
static int data;

static void waiter(void) {
    for (int i = 0; i < 3; i++) {
        if (atomic_load_explicit(&ready, memory_order_acquire)) break;
        goro_yield();
    }
    if (!atomic_load_explicit(&ready, memory_order_acquire)) {
        goro_mutex_lock(&mu);
        while (!atomic_load_explicit(&ready, memory_order_relaxed)) goro_cond_wait(&cond);
        goro_mutex_unlock(&mu);
    }
    use(data);
}

static void setter(void) {
    for (int i = 0; i < 2; i++) goro_yield();
    goro_mutex_lock(&mu);
    data = 1;
    atomic_store_explicit(&ready, 1, memory_order_release);
    goro_mutex_unlock(&mu);
    goro_cond_broadcast(&cond);
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together3(waiter, setter, waiter);
    return 0;
}
