// Virtual time does not pass while something from outside may come first: a thread of the program's own, a descriptor.
// expect: none
// mode: race
// options: --virtual-time
// stdout: 7
// stdout: x
#include <goro.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int p[2];

static void *send_later(void *arg) {
    usleep(20000);
    chan_send(*(chan(int) *)arg, 7);
    return NULL;
}

static void *write_later(void *arg) {
    usleep(20000);
    return write(p[1], "x", 1) == 1 ? arg : NULL;
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    pthread_t thread;
    char byte = '?';
    int v = 0;
    pthread_create(&thread, NULL, send_later, &c);
    chan_select {
        chan_case_recv(c, v) {}
        chan_case_timeout(10 * GORO_SECOND) {}
    }
    pthread_join(thread, NULL);
    printf("%d\n", v);
    if (pipe(p)) return 1;
    pthread_create(&thread, NULL, write_later, NULL);
    pthread_detach(thread);
    if (goro_wait_fd(p[0], 1, goro_now() + 10 * GORO_SECOND) > 0 && goro_read(p[0], &byte, 1) == 1) printf("%c\n", byte);
    chan_free(c);
    return 0;
}
