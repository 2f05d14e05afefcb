// A hand-made once: the check without the lock races with the write under it.
// expect: GR001
#include "../stage.h"

static int ready;
static goro_mutex mu;

static void init(void) {
    goro_mutex_lock(&mu);
    ready = 1; // race: first
    goro_mutex_unlock(&mu);
    stage_done();
}

static void user(void) {
    stage_await(1);
    if (!ready) // race: second
        goro_panic("not ready");
}

int main(void) {
    together(init, user);
    return 0;
}
