// A thread and a goroutine without order.
// expect: GR001
#include "../stage.h"
#include <pthread.h>

static int x;

static void *thread(void *arg) {
    x++; // race: first
    return arg;
}

static void goroutine(void) {
    x++; // race: second
}

int main(void) {
    goro_wg wg = {0};
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    goro_wg_go(&wg, goroutine);
    goro_wg_wait(&wg);
    pthread_join(t, NULL);
    return 0;
}
