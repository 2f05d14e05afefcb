// An unlock adds to what the mutex knows: one by a goroutine that never held it loses no earlier critical section.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void first(void) {
    goro_mutex_lock(&mu);
    x = 1;
    goro_mutex_unlock(&mu);
    goro_mutex_lock(&mu);
    stage_done();
    stage_await(2);
}

static void unlocker(void) {
    stage_await(1);
    goro_mutex_unlock(&mu);
}

static void third(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    x = 2;
    goro_mutex_unlock(&mu);
    stage_done();
}

int main(void) {
    together3(first, unlocker, third);
    return 0;
}
