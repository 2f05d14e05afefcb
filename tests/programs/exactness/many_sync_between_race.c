// 1,000,000 sync operations between the two accesses: found, with both stacks.
// expect: GR001
// timeout: 120
// runs: 1
// procs: 1
#include "../stage.h"

static int x;
static goro_mutex mu;

static void __attribute__((noinline)) early(void) {
    x = 1; // race: first
}

static void writer(void) {
    early();
    for (long i = 0; i < 500000; i++) {
        goro_mutex_lock(&mu);
        goro_mutex_unlock(&mu);
    }
    stage_done();
}

static void reader(void) {
    stage_await(1);
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
