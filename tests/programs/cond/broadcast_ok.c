// A broadcast orders everyone it wakes after itself.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int waiting, x;

static void waiter(void) {
    goro_mutex_lock(&mu);
    waiting++;
    goro_cond_wait(&cond);
    goro_mutex_unlock(&mu);
    use(x);
}

int main(void) {
    goro_wg wg = {0};
    goro_cond_init(&cond, &mu);
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, waiter);
    for (int seen = 0; seen < 10;) {
        goro_mutex_lock(&mu);
        seen = waiting;
        goro_mutex_unlock(&mu);
        goro_yield();
    }
    x = 1;
    goro_cond_broadcast(&cond);
    goro_wg_wait(&wg);
    return 0;
}
