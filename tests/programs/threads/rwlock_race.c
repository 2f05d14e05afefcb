// A write under the read lock, one reader after the other.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_rwlock_t mu = PTHREAD_RWLOCK_INITIALIZER;

static void *first(void *arg) {
    pthread_rwlock_rdlock(&mu);
    x++; // race: first
    pthread_rwlock_unlock(&mu);
    stage_done();
    return arg;
}

static void *second(void *arg) {
    stage_await(1);
    pthread_rwlock_rdlock(&mu);
    x++; // race: second
    pthread_rwlock_unlock(&mu);
    return arg;
}

int main(void) {
    together(first, second);
    return 0;
}
