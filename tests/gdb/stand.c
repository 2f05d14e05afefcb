/* Goroutines that wait for everything there is, for gdb to look at: at stand_here all of them stand. */
#include <goro.h>
#include <stdio.h>
#include <sys/prctl.h>

static goro_mutex mu;
static goro_rwmutex rw;
static goro_wg wg;
static chan(int) results;
static chan(goro_empty) signals;

static void send_values(int n) {
    goro_set_name("sender");
    for (int i = 0; i < n; i++) chan_send(results, i * 11); /* line: sender */
    goro_wg_done(&wg);
}

static void lock_deep(int depth) {
    if (depth > 0) {
        lock_deep(depth - 1); /* line: deeper */
    } else {
        goro_mutex_lock(&mu); /* line: locker */
        goro_mutex_unlock(&mu);
        goro_wg_done(&wg);
    }
    __asm__ volatile("");
}

static void choose(chan(int) mine) {
    int v = 0;
    chan_select { /* line: chooser */
        chan_case_recv(mine, v) {}
        chan_case_send(signals, (goro_empty){}) {}
    }
    goro_wg_done(&wg);
    __asm__ volatile("" ::"r"(v));
}

static void write_lock(void) {
    goro_rwmutex_lock(&rw); /* line: writer */
    goro_rwmutex_unlock(&rw);
    goro_wg_done(&wg);
}

__attribute__((noinline)) void stand_here(void) { __asm__ volatile(""); }

int main(void) {
    chan(int) mine = chan_make(int, 0);
    char byte;

    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* --attach is no child of whoever started us: Yama forbids that else */
    results = chan_make(int, 3);
    signals = chan_make(goro_empty, 0);
    goro_mutex_lock(&mu);
    goro_rwmutex_rlock(&rw);
    goro_wg_add(&wg, 4);
    go(send_values, 5);
    go(lock_deep, 3);
    go(choose, mine);
    go(write_lock);
    while (goro_count() != 5 || chan_len(results) != 3) goro_yield();
    for (int i = 0; i < 100; i++) goro_yield(); /* with one P: each has gone as far as it can */
    stand_here();
    printf("standing\n");
    fflush(stdout);
    if (goro_read(0, &byte, 1) != 1) return 1; /* line: reader */
    goro_mutex_unlock(&mu);
    goro_rwmutex_runlock(&rw);
    chan_send(mine, 1);
    for (int i = 0; i < 5; i++) chan_recv(results);
    goro_wg_wait(&wg);
    printf("all ended\n");
    return 0;
}
