// Which number the second section gets hangs on the first having drawn one before it.
// prediction: none
#include <goro.h>
#include <stdlib.h>
static goro_mutex mu;
int x;
static int second_number;
static void draws_first(goro_wg *wg) {
    x = 1;
    goro_mutex_lock(&mu);
    (void)rand();
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void draws_second(goro_wg *wg) {
    goro_mutex_lock(&mu);
    int drawn = rand();
    goro_mutex_unlock(&mu);
    if (drawn == second_number) x = 2;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    srand(1);
    (void)rand();
    second_number = rand();
    srand(1);
    goro_wg_add(&wg, 2);
    go(draws_first, &wg);
    go(draws_second, &wg);
    goro_wg_wait(&wg);
    return 0;
}
