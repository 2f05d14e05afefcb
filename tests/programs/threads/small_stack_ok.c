// Threads with the smallest stacks there are, one made detached: the detector's own needs come on top.
// expect: none
#include "../thread_stage.h"

#include <limits.h>
#include <stdlib.h>

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *arg) {
    pthread_mutex_lock(&mu);
    x++;
    pthread_mutex_unlock(&mu);
    stage_done();
    return arg;
}

int main(void) {
    pthread_attr_t attr;
    pthread_t t[4];
    size_t size = PTHREAD_STACK_MIN, now;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, size);
    for (int i = 0; i < 3; i++)
        if (pthread_create(&t[i], &attr, worker, NULL)) abort();
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&t[3], &attr, worker, NULL)) abort();
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
    stage_await(4);
    pthread_attr_getstacksize(&attr, &now);
    return now != size;
}
