// A flag set outside the mutex.
// expect: GR001
#include "../thread_stage.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready;

static void *setter(void *arg) {
    ready = 1; // race: first
    pthread_cond_signal(&cond);
    return arg;
}

static void *looker(void *arg) {
    pthread_mutex_lock(&mu);
    use(ready); // race: second
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void) {
    together(setter, looker);
    return 0;
}
