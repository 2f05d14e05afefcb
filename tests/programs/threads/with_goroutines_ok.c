// A thread and goroutines: create, a pthread mutex, a goro mutex and an atomic between them.
// expect: none
#include "../stage.h"
#include <pthread.h>

static int x, y;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ready;

static void *thread(void *arg) {
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mu);
        x++;
        pthread_mutex_unlock(&mu);
    }
    y = 1;
    atomic_store_explicit(&ready, 1, memory_order_release);
    return arg;
}

static void goroutine(void) {
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mu);
        x++;
        pthread_mutex_unlock(&mu);
    }
    while (!atomic_load_explicit(&ready, memory_order_acquire)) goro_yield();
    use(y);
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    together(goroutine, goroutine);
    pthread_join(t, NULL);
    return x != 150;
}
