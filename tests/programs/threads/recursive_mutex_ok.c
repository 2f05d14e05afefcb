// Only the outermost unlock of a recursive mutex gives it up.
// expect: none
#include "../thread_stage.h"

static int x;
static pthread_mutex_t mu;

static void *count(void *arg) {
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mu);
        pthread_mutex_lock(&mu);
        x++;
        pthread_mutex_unlock(&mu);
        x++;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mu, &attr);
    together(count, count);
    pthread_mutex_destroy(&mu);
    return x != 200;
}
