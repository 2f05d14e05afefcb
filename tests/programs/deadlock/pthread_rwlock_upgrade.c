// A reader wants to write without letting its read lock go.
// expect: GM002
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *upgrade(void *unused) {
    pthread_rwlock_rdlock(&lock);
    stage_done();
    pthread_rwlock_wrlock(&lock); // at: GM002
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, upgrade, NULL);
    stage_await(1);
    until_told("GM002", 1) usleep(100000);
    return 0;
}
