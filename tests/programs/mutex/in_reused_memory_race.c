// A mutex in a new block has not inherited the clock of one that lay there before.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

static int x;

static void lock_and_unlock(void) {
    goro_mutex *mu = calloc(1, sizeof *mu);
    goro_mutex_lock(mu);
    goro_mutex_unlock(mu);
    free(mu);
}

static void early(void) {
    x = 1; // race: first
    lock_and_unlock();
    stage_done();
}

static void late(void) {
    stage_await(1);
    lock_and_unlock();
    use(x); // race: second
}

int main(void) {
    together(early, late);
    return 0;
}
