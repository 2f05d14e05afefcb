// 3,000,000 calls between the two accesses: found, with both stacks.
// expect: GR001
// timeout: 120
// runs: 1
// procs: 1
#include "../stage.h"

static int x;

static void __attribute__((noinline)) call(long i) { __asm__ volatile("" : : "r"(i)); }

static void __attribute__((noinline)) early(void) {
    x = 1; // race: first
}

static void writer(void) {
    early();
    for (long i = 0; i < 3000000; i++) call(i);
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
