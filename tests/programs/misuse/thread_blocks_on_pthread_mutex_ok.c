// Goroutines may block in pthread_mutex_lock; the holder goes on and unlocks.
// expect: none
#include "../stage.h"
#include <pthread.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int x;

static void user(void) {
    goro_lock_thread(); // a pthread mutex belongs to the thread
    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&mu);
        x++;
        goro_sleep(100 * GORO_MICROSECOND);
        pthread_mutex_unlock(&mu);
    }
    goro_unlock_thread();
}

int main(void) {
    together3(user, user, user);
    return x != 15;
}
