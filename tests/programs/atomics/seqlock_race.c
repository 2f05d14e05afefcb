// A sequence lock over plain data: a data race by the book, however the result is checked.
// expect: GR001
#include "../stage.h"

static atomic_uint sequence;
static int a;

static void writer(void) {
    atomic_fetch_add(&sequence, 1);
    a = 1; // race: first
    stage_done();
    stage_await(2);
    atomic_fetch_add(&sequence, 1);
}

static void reader(void) {
    unsigned before = atomic_load(&sequence);
    stage_await(1);
    int seen = a; // race: second
    stage_done();
    if (before == atomic_load(&sequence)) use(seen);
}

int main(void) {
    together(writer, reader);
    return 0;
}
