// The writer's own later, ordered accesses must not hide an earlier reader: A reads; B, who knows nothing of A, writes.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads

static void a(void) {
    use(x); // race: first
    stage_done();
}

static void b(void) {
    stage_await(1);
    x = 2; // race: second
    use(x);
}

static void before(void) { x = 0; }

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, before);
    goro_wg_wait(&wg);
    together(a, b);
    return 0;
}
