// Done orders nothing among those who call it.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads
static goro_wg wg;

static void first(void) {
    x = 1; // race: first
    goro_wg_done(&wg);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_wg_done(&wg);
    x = 2; // race: second
    stage_done();
}

int main(void) {
    goro_wg_add(&wg, 2);
    go(first);
    go(second);
    goro_wg_wait(&wg);
    stage_await(2);
    return 0;
}
