// The order of sequentially consistent operations is no synchronisation where no value is read from the other.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int a, b;

static void writer(void) {
    x = 1; // race: first
    a = 1;
    stage_done();
}

static void reader(void) {
    stage_await(1);
    b = 1;
    use(b);
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
