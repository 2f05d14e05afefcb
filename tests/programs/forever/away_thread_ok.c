// Threads of the program's own that wait in calls have the only pointers to channels: one in its thread-local memory, one on its
// stack or in a register.
// expect: none
// mode: race
// libs: -pthread
#include "../stage.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int fd[2][2];
static goro_wg wg;
static _Thread_local chan(int) own;

static void waiter(chan(int) c) {
    use(chan_recv(c));
    chan_free(c);
    goro_wg_done(&wg);
}

static __attribute__((noinline)) chan(int) begin(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, c);
    return c;
}

static __attribute__((noinline)) void begin_in_own(void) { own = begin(); }

/* Nothing of what was on the stack before is left there. */
static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

static void *in_local(void *arg) {
    char byte;
    begin_in_own();
    cover();
    if (read(fd[0][0], &byte, 1) != 1) abort();
    chan_send(own, 1);
    return arg;
}

static void *in_register(void *arg) {
    char byte;
    register chan(int) c = begin();
    cover();
    if (read(fd[1][0], &byte, 1) != 1) abort();
    chan_send(c, 1);
    return arg;
}

int main(void) {
    pthread_t threads[2];
    if (pipe(fd[0]) || pipe(fd[1])) return 1;
    pthread_create(&threads[0], NULL, in_local, NULL);
    pthread_create(&threads[1], NULL, in_register, NULL);
    for (int i = 0; i < 10; i++) goro_sleep(GORO_SECOND / 20);
    for (int i = 0; i < 2; i++)
        if (write(fd[i][1], "x", 1) != 1) return 1;
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    goro_wg_wait(&wg);
    return 0;
}
