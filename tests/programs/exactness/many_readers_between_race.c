// 64 goroutines read the location between the write and the other write: all of them are remembered, and so is the write.
// expect: GR001
#include "../stage.h"

enum { READERS = 64 };
static int x;

static void reader(void) {
    stage_await(1);
    use(x); // race: first
    stage_done();
}

static void early_reader(void) {
    use(x); // race: first
    stage_done();
}

static void writer(void) {
    stage_await(READERS + 1);
    x = 1; // race: second
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, writer);
    goro_wg_go(&wg, early_reader);
    for (int i = 0; i < READERS; i++) goro_wg_go(&wg, reader);
    goro_wg_wait(&wg);
    return 0;
}
