// Five philosophers, five forks, and each takes the left one first. Whoever closes the circle is told.
// expect: GD002
#include "../live.h"

enum { N = 5 };
static goro_rwmutex forks[N];

static void philosopher(int i) {
    goro_rwmutex_lock(&forks[i]);
    stage_done();
    stage_await(N);
    goro_rwmutex_lock(&forks[(i + 1) % N]); // at: GD002
}

int main(void) {
    live_start();
    for (int i = 0; i < N; i++) go(philosopher, i);
    stage_await(N);
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
