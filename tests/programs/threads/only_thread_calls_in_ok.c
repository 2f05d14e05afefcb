// A thread calls in while main waits for it in pthread_join, with the only processor, and no goroutine was ever started.
// expect: none
#include <goro.h>
#include <pthread.h>

static void *give(void *c) {
    chan_send((chan(int))c, 1);
    return NULL;
}

int main(void) {
    pthread_t t;
    goro_gomaxprocs(1);
    chan(int) c = chan_make(int, 1);
    if (pthread_create(&t, NULL, give, c)) return 1;
    pthread_join(t, NULL);
    return chan_recv(c) != 1;
}
