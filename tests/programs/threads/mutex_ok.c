// pthread_mutex: lock, trylock and timedlock.
// expect: none
#include "../thread_stage.h"
#include <time.h>

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *count(void *arg) {
    for (int i = 0; i < 100; i++) {
        struct timespec at;
        if (i % 3 == 0) pthread_mutex_lock(&mu);
        if (i % 3 == 1)
            while (pthread_mutex_trylock(&mu)) sched_yield();
        if (i % 3 == 2) {
            clock_gettime(CLOCK_REALTIME, &at);
            at.tv_sec += 60;
            if (pthread_mutex_timedlock(&mu, &at)) return NULL;
        }
        x++;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void) {
    together(count, count);
    return x != 200;
}
