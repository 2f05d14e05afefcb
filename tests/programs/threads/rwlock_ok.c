// pthread_rwlock: writers order readers and readers writers.
// expect: none
#include "../thread_stage.h"

static int x;
static pthread_rwlock_t mu = PTHREAD_RWLOCK_INITIALIZER;

static void *user(void *arg) {
    for (int i = 0; i < 50; i++) {
        pthread_rwlock_rdlock(&mu);
        use(x);
        pthread_rwlock_unlock(&mu);
        pthread_rwlock_wrlock(&mu);
        x++;
        pthread_rwlock_unlock(&mu);
    }
    return arg;
}

int main(void) {
    together(user, user);
    return x != 100;
}
