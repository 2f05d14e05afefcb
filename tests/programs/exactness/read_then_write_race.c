// A read by one, then a write by another: found though only the read came first.
// expect: GR001
#include "../stage.h"

static int x;

static void reader(void) {
    use(x); // race: first
    stage_done();
}

static void writer(void) {
    stage_await(1);
    x = 1; // race: second
}

int main(void) {
    together(reader, writer);
    return 0;
}
