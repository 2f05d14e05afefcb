// Three goroutines, each with its own mutex and that of the next.
// prediction: confirmed
#include <goro.h>

static goro_mutex forks[3];
static int eaten;

static void eat(goro_mutex *left, goro_mutex *right, goro_wg *wg) {
    goro_mutex_lock(left);
    goro_mutex_lock(right);
    __atomic_fetch_add(&eaten, 1, __ATOMIC_RELAXED);
    goro_mutex_unlock(right);
    goro_mutex_unlock(left);
    goro_wg_done(wg);
}
static void first(goro_wg *wg) { eat(&forks[0], &forks[1], wg); }
static void second(goro_wg *wg) { eat(&forks[1], &forks[2], wg); }
static void third(goro_wg *wg) { eat(&forks[2], &forks[0], wg); }

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    go(first, &wg);
    go(second, &wg);
    go(third, &wg);
    goro_wg_wait(&wg);
    return 0;
}
