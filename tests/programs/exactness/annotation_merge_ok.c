// release_merge keeps what others released before.
// expect: none
#include "../stage.h"

static int x, y, sync;

static void one(void) {
    x = 1;
    goro_race_release_merge(&sync);
    stage_done();
}

static void two(void) {
    stage_await(1);
    y = 1;
    goro_race_release_merge(&sync);
    stage_done();
}

static void reader(void) {
    stage_await(2);
    goro_race_acquire(&sync);
    use(x + y);
}

int main(void) {
    together3(one, two, reader);
    return 0;
}
