// A trylock that fails orders nothing.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *holder(void *arg) {
    x = 1; // race: first
    pthread_mutex_lock(&mu);
    stage_done();
    stage_await(2);
    pthread_mutex_unlock(&mu);
    return arg;
}

static void *trier(void *arg) {
    stage_await(1);
    if (!pthread_mutex_trylock(&mu)) return &mu;
    use(x); // race: second
    stage_done();
    return arg;
}

int main(void) {
    together(holder, trier);
    return 0;
}
