// A stop that comes too late is no proof that the function's work may be looked at.
// expect: GR001
#include "../stage.h"

static int x;
static goro_timer timer;

static void expired(void *arg) {
    (void)arg;
    x = 1; // race: first
    stage_done();
}

int main(void) {
    goro_after_func(&timer, GORO_MILLISECOND, expired, NULL);
    stage_await(1);
    goro_timer_stop(&timer);
    use(x); // race: second
    return 0;
}
