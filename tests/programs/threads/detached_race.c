// A detached thread is never joined: that it has ended orders nothing.
// expect: GR001
#include "../thread_stage.h"

static int x;

static void *thread(void *arg) {
    pthread_detach(pthread_self());
    x = 1; // race: first
    stage_done();
    return arg;
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    stage_await(1);
    use(x); // race: second
    return 0;
}
