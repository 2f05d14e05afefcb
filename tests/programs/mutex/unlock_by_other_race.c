// It does not publish what the locker did since: locker and unlocker are unordered here.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex mu;

static void locker(void) {
    goro_mutex_lock(&mu);
    x = 1; // race: first
    stage_done();
    stage_await(2);
}

static void unlocker(void) {
    stage_await(1);
    goro_mutex_unlock(&mu);
}

static void next(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    use(x); // race: second
    goro_mutex_unlock(&mu);
    stage_done();
}

int main(void) {
    together3(locker, unlocker, next);
    return 0;
}
