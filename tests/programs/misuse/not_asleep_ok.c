// All wait, but a timer, a thread or a sleeping goroutine will wake them: no deadlock.
// expect: none
#include "../stage.h"
#include <pthread.h>
#include <unistd.h>

static chan(int) c;

static void late(void) {
    goro_sleep(30 * GORO_MILLISECOND);
    chan_send(c, 1);
}

static void expired(void *arg) {
    (void)arg;
    chan_send(c, 1);
}

int main(void) {
    goro_timer timer = {0};
    int p[2];
    char byte;
    c = chan_make(int, 0);
    go(late);
    chan_recv(c);
    goro_after_func(&timer, 20 * GORO_MILLISECOND, expired, NULL);
    chan_recv(c);
    if (pipe(p)) return 1;
    if (write(p[1], "x", 1) != 1) return 1;
    if (goro_read(p[0], &byte, 1) != 1) return 1;
    chan_free(c);
    return 0;
}
