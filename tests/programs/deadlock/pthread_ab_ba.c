// Two threads lock two pthread mutexes in opposite orders; main goes on.
// expect: GD002
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static void *first(void *unused) {
    pthread_mutex_lock(&a);
    stage_done();
    stage_await(2);
    pthread_mutex_lock(&b); // at: GD002
    return unused;
}

static void *second(void *unused) {
    pthread_mutex_lock(&b);
    stage_done();
    stage_await(2);
    pthread_mutex_lock(&a); // at: GD002
    return unused;
}

int main(void) {
    pthread_t t[2];
    pthread_create(&t[0], NULL, first, NULL);
    pthread_create(&t[1], NULL, second, NULL);
    stage_await(2);
    until_told("GD002", 1) usleep(100000);
    return 0;
}
