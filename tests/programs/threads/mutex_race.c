// One side under the mutex.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *locked(void *arg) {
    pthread_mutex_lock(&mu);
    x++; // race: first
    pthread_mutex_unlock(&mu);
    return arg;
}

static void *unlocked(void *arg) {
    x++; // race: second
    return arg;
}

int main(void) {
    together(locked, unlocked);
    return 0;
}
