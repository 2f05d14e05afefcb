// goro_yield lets others run; it orders nothing.
// expect: GR001
#include "../stage.h"

static int x;

static void writer(void) {
    goro_yield();
    x = 1; // race: first
    goro_yield();
    stage_done();
}

static void reader(void) {
    stage_await(1);
    goro_yield();
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
