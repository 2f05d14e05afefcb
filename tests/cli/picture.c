/* Hangs, in one of several ways, and says "ready" when it does. */
#define _GNU_SOURCE
#include <goro.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static goro_mutex mu;
static goro_wg wg;
static chan(int) jobs;

static void ready(void) {
    puts("ready");
    fflush(stdout);
}

/* -- goroutines ---------------------------------------------------------------------------------------------------- */

static void tick(void) {
    goro_ticker t = {0};
    int64_t now;
    goro_ticker_start(&t, 5 * GORO_MILLISECOND);
    chan_range(now, goro_ticker_chan(&t))
        if (now < 0) abort();
}

static void worker(void) {
    int job;
    chan_range(job, jobs)
        if (job < 0) abort();
    goro_wg_done(&wg);
}

static void locker(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(&wg);
}

static void lonely(void) {
    chan(int) c = chan_make(int, 0);
    goro_set_name("lonely one");
    chan_send(c, 1);
    goro_wg_done(&wg);
}

static void goroutines(void) {
    jobs = chan_make(int, 0);
    goro_mutex_lock(&mu);
    goro_wg_add(&wg, 4);
    go(worker);
    go(worker);
    go(locker);
    go(lonely);
    for (int i = 0; i < 100; i++) goro_yield();
    ready();
    goro_wg_wait(&wg);
}

/* Never comes to the runtime again. */
static void spin(void) {
    static volatile int n;
    for (;;) n = n + 1;
}

/* -- threads ----------------------------------------------------------------------------------------------------------- */

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void *wait_for_change(void *unused) {
    pthread_mutex_lock(&b);
    for (;;) pthread_cond_wait(&changed, &b);
    return unused;
}

static void *lock_a(void *unused) {
    pthread_mutex_lock(&a);
    return unused;
}

static void threads(void) {
    pthread_t t[2];
    pthread_mutex_lock(&a);
    pthread_create(&t[0], NULL, wait_for_change, NULL);
    pthread_create(&t[1], NULL, lock_a, NULL);
    usleep(50000);
    ready();
    pthread_join(t[0], NULL);
}

/* -- a program's own handlers ----------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t came;
static void mine(int sig) { came = sig; }

static void own_handler(void) {
    struct sigaction act = {.sa_handler = mine}, old;
    if (sigaction(SIGUSR1, &act, &old) || old.sa_handler != SIG_DFL) abort();
    if (sigaction(SIGUSR1, NULL, &old) || old.sa_handler != mine) abort();
    ready();
    while (!came) usleep(1000);
    puts("mine came");
}

static void own_wait(void) {
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    ready();
    if (sigwait(&set, &sig)) abort();
    puts("mine came");
}

static void own_notify(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGUSR1);
    ready();
    if (chan_recv(c) != SIGUSR1) abort();
    puts("mine came");
}

/* -- which ----------------------------------------------------------------------------------------------------------------------- */

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    if (!strcmp(how, "ticker")) go(tick), goroutines();
    if (!strcmp(how, "spin")) go(spin), goroutines();
    if (!strcmp(how, "threads")) threads();
    if (!strcmp(how, "own_handler")) own_handler();
    if (!strcmp(how, "own_wait")) own_wait();
    if (!strcmp(how, "own_notify")) own_notify();
    if (!strcmp(how, "alone")) ready(), spin();
    return 0;
}
