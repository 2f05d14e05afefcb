// A signal comes to main while it waits in poll(): the handler takes the only pointer to a channel, keeps it for a while on the stack,
// and puts it back.
// expect: none
// mode: race
// unseeded: signals, and calls that block in the kernel
#include "../stage.h"

#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static chan(int) volatile kept;
static volatile sig_atomic_t handled;
static goro_wg wg;

static void waiter(chan(int) c) {
    use(chan_recv(c));
    goro_wg_done(&wg);
}

static __attribute__((noinline)) void begin(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, c);
    kept = c;
}

/* Nothing of what was on the stack before is left there. */
static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

static void handler(int sig) {
    struct timespec begun, now;
    chan(int) c = kept;
    kept = NULL;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec - begun.tv_sec + (now.tv_nsec - begun.tv_nsec) / 1e9 < 0.4);
    kept = c;
    handled = sig;
}

int main(void) {
    struct itimerval timer = {.it_value.tv_usec = 50000};
    begin();
    cover();
    stage_pause();
    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &timer, NULL);
    while (!handled) poll(NULL, 0, 1000);
    chan_send(kept, 1);
    goro_wg_wait(&wg);
    chan_free(kept);
    return 0;
}
