// A buffered channel lets three work at a time.
// expect: none
#include "../stage.h"

static chan(goro_empty) slots;
static atomic_int inside, most;

static void worker(void) {
    chan_send(slots, (goro_empty){});
    int now = atomic_fetch_add(&inside, 1) + 1, seen = atomic_load(&most);
    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now)) {}
    goro_yield();
    atomic_fetch_sub(&inside, 1);
    chan_recv(slots);
}

int main(void) {
    goro_wg wg = {0};
    slots = chan_make(goro_empty, 3);
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, worker);
    goro_wg_wait(&wg);
    chan_free(slots);
    return atomic_load(&most) > 3;
}
