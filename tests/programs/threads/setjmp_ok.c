// longjmp out of nested calls: the stacks of later findings and the order stay right.
// expect: none
#include "../thread_stage.h"
#include <setjmp.h>

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void __attribute__((noinline)) dive(jmp_buf *back, int depth) {
    volatile int here = depth;
    if (depth == 0) longjmp(*back, 1);
    if (depth > 0) dive(back, depth - 1);
    use(here);
}

static void *worker(void *arg) {
    for (volatile int i = 0; i < 100; i++) {
        jmp_buf back;
        if (!setjmp(back)) dive(&back, 50);
        pthread_mutex_lock(&mu);
        x++;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void) {
    together(worker, worker);
    return x != 200;
}
