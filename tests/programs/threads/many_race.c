// A thread that ended 100 threads ago, and one that has heard nothing of it.
// expect: GR001
#include "../thread_stage.h"

static int x;

static void *early(void *arg) {
    x = 1; // race: first
    stage_done();
    return arg;
}

static void *late(void *arg) {
    stage_await(2);
    use(x); // race: second
    return arg;
}

static void *filler(void *arg) { return arg; }

int main(void) {
    pthread_t first, last, t;
    pthread_create(&last, NULL, late, NULL);
    pthread_create(&first, NULL, early, NULL);
    stage_await(1);
    for (int i = 0; i < 100; i++) {
        pthread_create(&t, NULL, filler, NULL);
        pthread_join(t, NULL);
    }
    stage_done();
    pthread_join(last, NULL);
    pthread_join(first, NULL);
    return 0;
}
