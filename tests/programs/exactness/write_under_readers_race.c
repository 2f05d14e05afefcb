// A write, then 64 ordered readers: a later reader that knows nothing of the write still finds it.
// expect: GR001
#include "../stage.h"

enum { READERS = 64 };
static int x;

static void reader(goro_wg *wg) {
    use(x);
    goro_wg_done(wg);
}

static void writer(void) {
    goro_wg wg = {0};
    x = 1; // race: first
    goro_wg_add(&wg, READERS);
    for (int i = 0; i < READERS; i++) go(reader, &wg);
    goro_wg_wait(&wg);
    stage_done();
}

static void late_reader(void) {
    stage_await(1);
    use(x); // race: second
}

int main(void) {
    together(writer, late_reader);
    return 0;
}
