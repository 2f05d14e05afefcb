/* WaitGroups that never come to zero, and who was expected to call Done. */
#include "programs/told.h"

#include <goro.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static goro_wg global;

static void returns_early(goro_wg *wg, int i) {
    if (i == 2) return;
    goro_wg_done(wg);
}

static void returns(void) {}
static void counts_global(void) { goro_wg_done(&global); }

static void waits_before(goro_wg *wg, chan(int) c) {
    chan_recv(c);
    goro_wg_done(wg);
}

static void adds_inside(int i) {
    goro_wg_add(&global, 1);
    if (i) return;
    goro_wg_done(&global);
}

struct job {
    int number;
    goro_wg *wg;
};
static void works(struct job *job) {
    if (job->number) goro_wg_done(job->wg);
}

struct batch {
    int left;
    goro_wg wg;
};
static void works_for(struct batch *batch) {
    if (batch->left) goro_wg_done(&batch->wg);
}

/* Two workers, three batches of two jobs; one worker gives up at the last. */
static void pool_worker(chan(int) jobs, int me) {
    int job;
    chan_range(job, jobs) {
        if (job == 2 && me == 0) return;
        goro_wg_done(&global);
        goro_yield();
    }
}

static void pool(goro_wg *wg) {
    (void)wg;
    chan(int) jobs[2] = {chan_make(int, 0), chan_make(int, 0)};
    for (int i = 0; i < 2; i++) go(pool_worker, jobs[i], i);
    for (int batch = 0; batch < 3; batch++) {
        goro_wg_add(&global, 2);
        for (int i = 0; i < 2; i++) chan_send(jobs[i], batch);
        goro_wg_wait(&global);
    }
}

static void starts(goro_wg *wg) {
    for (int i = 0; i < 3; i++) go(returns_early, wg, i);
}

static void *thread_returns(void *wg) {
    (void)wg;
    return NULL;
}

static void waits_on(chan(int) c) { chan_recv(c); }

static void many_rounds(void) {
    for (int i = 0; i < 1000; i++) {
        goro_wg *wg = calloc(1, sizeof *wg);
        goro_wg_add(wg, 1);
        go(returns_early, wg, 0);
        goro_wg_wait(wg);
        free(wg);
    }
}

static void waits_for_global(void) { goro_wg_wait(&global); }
static void sleeps(void) { goro_sleep(GORO_HOUR); }

/* Its WaitGroup and channel are known to the two only. */
static void waits_inside(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(waits_before, &wg, chan_make(int, 0));
    goro_wg_wait(&wg);
}

/* -- the patterns: main then waits on wg ------------------------------------------------------------------------------- */

static void early(goro_wg *wg) {
    goro_wg_add(wg, 4);
    for (int i = 0; i < 4; i++) go(returns_early, wg, i);
}

static void alone(goro_wg *wg) {
    goro_wg_add(wg, 1);
    go(returns_early, wg, 2);
}

static void too_many(goro_wg *wg) {
    goro_wg_add(wg, 5);
    for (int i = 3; i < 7; i++) go(returns_early, wg, i);
}

/* Somebody who has nothing to do with it. */
static void beside(goro_wg *wg) {
    goro_wg_add(wg, 2);
    go(returns);
    go(returns_early, wg, 1);
}

static void everybodys(goro_wg *wg) {
    (void)wg;
    goro_wg_add(&global, 2);
    go(counts_global);
    go(returns);
    goro_wg_wait(&global);
}

static void blocked(goro_wg *wg) {
    goro_wg_add(wg, 2);
    go(waits_before, wg, chan_make(int, 0));
    go(returns_early, wg, 1);
}

static void inside(goro_wg *wg) {
    (void)wg;
    goro_wg_add(&global, 1);
    for (int i = 0; i < 3; i++) go(adds_inside, i);
    counts_global();
    while (goro_count() > 1) goro_yield();
    goro_wg_wait(&global);
}

static void job(goro_wg *wg) {
    struct job local = {.number = 0, .wg = wg};
    goro_wg_add(wg, 1);
    go(works, &local);
    goro_wg_wait(wg);
}

static void batch(goro_wg *wg) {
    struct batch *b = calloc(1, sizeof *b);
    (void)wg;
    goro_wg_add(&b->wg, 1);
    go(works_for, b);
    goro_wg_wait(&b->wg);
}

static void nested(goro_wg *wg) {
    goro_wg_add(wg, 3);
    go(starts, wg);
}

static void rounds(goro_wg *wg) {
    many_rounds();
    goro_wg_add(wg, 1);
    go(returns_early, wg, 2);
}

static void counted(goro_wg *wg) {
    goro_wg_go(wg, waits_on, chan_make(int, 0));
    goro_wg_go(wg, returns);
}

static void thread(goro_wg *wg) {
    pthread_t t;
    goro_wg_add(wg, 1);
    pthread_create(&t, NULL, thread_returns, wg);
    pthread_join(t, NULL);
    exit(0);
}

static void leaks(goro_wg *wg) {
    (void)wg;
    goro_wg_add(&global, 1);
    go(waits_for_global);
    go(returns);
    go(sleeps);
    while (goro_count() > 3) goro_yield();
    for (int i = 0; i < 200; i++) goro_yield(); /* whatever the seed, both others have come to their waits by then */
}

static void live(goro_wg *wg) {
    (void)wg;
    go(sleeps);
    go(waits_inside);
    until_told("GD003", 2) goro_sleep(GORO_SECOND / 2);
}

static void none(goro_wg *wg) {
    for (int i = 0; i < 10; i++) {
        goro_wg_add(wg, 2);
        go(returns_early, wg, 0);
        go(returns_early, wg, 1);
        goro_wg_wait(wg);
    }
}

static const struct {
    const char *name;
    void (*run)(goro_wg *wg);
} modes[] = {
    {"early", early},     {"alone", alone},   {"too_many", too_many}, {"beside", beside}, {"everybodys", everybodys},
    {"blocked", blocked}, {"inside", inside}, {"job", job},           {"batch", batch},   {"pool", pool},
    {"nested", nested},   {"rounds", rounds}, {"counted", counted},   {"thread", thread}, {"leaks", leaks},
    {"live", live},       {"none", none}};

int main(int argc, char **argv) {
    goro_wg wg = {0};
    for (unsigned i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(argv[1], modes[i].name)) modes[i].run(&wg);
    goro_wg_wait(&wg);
    return 0;
}
