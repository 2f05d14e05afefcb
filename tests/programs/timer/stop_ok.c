// A stop in time: the function never runs.
// expect: none
#include "../stage.h"

static int x;
static goro_timer timer;

static void expired(void *arg) {
    (void)arg;
    x = 1;
}

int main(void) {
    goro_after_func(&timer, GORO_HOUR, expired, NULL);
    bool was_active = goro_timer_stop(&timer);
    x = 2;
    return !was_active || x != 2;
}
