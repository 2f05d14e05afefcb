/* What a schedule costs: ten goroutines with 110 operations of synchronisation between them. */
#include <goro.h>

static goro_mutex mu;
static int sum;

static void work(goro_wg *wg) {
    for (int i = 0; i < 5; i++) {
        goro_mutex_lock(&mu);
        sum++;
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 10);
    for (int i = 0; i < 10; i++) go(work, &wg);
    goro_wg_wait(&wg);
    return sum != 50;
}
