// Two goroutines and a counter; -DREPAIRED guards it.
#include <goro.h>

static int counter;
static goro_mutex mu;

static void bump(goro_wg *wg) {
    for (int i = 0; i < 100; i++) {
#ifdef REPAIRED
        goro_mutex_lock(&mu);
#endif
        counter++;
#ifdef REPAIRED
        goro_mutex_unlock(&mu);
#endif
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    (void)mu;
    goro_wg_add(&wg, 2);
    for (int i = 0; i < 2; i++) go(bump, &wg);
    goro_wg_wait(&wg);
    return 0;
}
