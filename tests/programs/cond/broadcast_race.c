// Those whom a broadcast woke write after they gave the lock up: unordered with each other.
// expect: GR001
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int waiting, out, x;

static void waiter(void) {
    goro_mutex_lock(&mu);
    waiting++;
    goro_cond_wait(&cond);
    out++;
    goro_mutex_unlock(&mu);
    stage_done();
    stage_await(2);
    x++; // race: both
}

int main(void) {
    goro_wg wg = {0};
    goro_cond_init(&cond, &mu);
    goro_wg_go(&wg, waiter);
    goro_wg_go(&wg, waiter);
    for (int seen = 0; seen < 2;) {
        goro_mutex_lock(&mu);
        seen = waiting;
        goro_mutex_unlock(&mu);
        goro_yield();
    }
    goro_cond_broadcast(&cond);
    goro_wg_wait(&wg);
    return out != 2;
}
