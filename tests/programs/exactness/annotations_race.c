// goro_race_release and goro_race_acquire of different addresses do not pair.
// expect: GR001
#include "../stage.h"

static int x;
static int here, there;

static void writer(void) {
    x = 1; // race: first
    goro_race_release(&here);
    stage_done();
}

static void reader(void) {
    stage_await(1);
    goro_race_acquire(&there);
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
