// 64 goroutines read; 63 of them are joined before the write. The one that is not must not be lost among them.
// expect: GR001
#include "../stage.h"

enum { READERS = 64 };
static int x;

static void joined(goro_wg *wg) {
    use(x);
    goro_wg_done(wg);
}

static void stray(void) {
    stage_await(1);
    use(x); // race: first
    stage_done();
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, READERS - 1);
    for (int i = 0; i < READERS; i++) {
        if (i == 20) go(stray);
        else go(joined, &wg);
    }
    stage_done();
    stage_await(2);
    goro_wg_wait(&wg);
    x = 1; // race: second
    return 0;
}
