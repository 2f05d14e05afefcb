// What the first caller does after pthread_once is unordered with later callers.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void) {}

static void *first(void *arg) {
    pthread_once(&once, init);
    x = 1; // race: first
    stage_done();
    return arg;
}

static void *second(void *arg) {
    stage_await(1);
    pthread_once(&once, init);
    use(x); // race: second
    return arg;
}

int main(void) {
    together(first, second);
    return 0;
}
