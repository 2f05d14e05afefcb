// main waits for what a plain thread does after a while.
// expect: none
#include "../stage.h"
#include <pthread.h>
#include <unistd.h>

static int p[2];

static void *thread(void *arg) {
    usleep(20000);
    return write(p[1], "x", 1) == 1 ? arg : p;
}

int main(void) {
    pthread_t t;
    char byte;
    if (pipe(p)) return 1;
    pthread_create(&t, NULL, thread, NULL);
    if (goro_read(p[0], &byte, 1) != 1) return 1;
    pthread_join(t, NULL);
    return 0;
}
