// After a thousand longjmps out of depth 50 the stack of an access is still its own.
// expect: GR001
#include "../thread_stage.h"
#include <setjmp.h>

static int x;

static void __attribute__((noinline)) dive(jmp_buf *back, int depth) {
    volatile int here = depth;
    if (depth == 0) longjmp(*back, 1);
    if (depth > 0) dive(back, depth - 1);
    use(here);
}

static void __attribute__((noinline)) touch(void) {
    x++; // race: both
}

static void *worker(void *arg) {
    for (volatile int i = 0; i < 1000; i++) {
        jmp_buf back;
        if (!setjmp(back)) dive(&back, 50);
    }
    touch();
    return arg;
}

int main(void) {
    together(worker, worker);
    return 0;
}
