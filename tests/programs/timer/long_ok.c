// Timers of a second and more ring while nothing ever waits: main computes, in the runtime's eyes, until they have. One is
// started by a thread that the runtime did not make and that is gone then.
// expect: none
// mode: plain
// stdout: rang
#include <goro.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int rang;
static int64_t due[2], when[2];
static goro_timer timers[2];

static void note(void *i) {
    when[(intptr_t)i] = goro_now();
    rang++;
}

static void begin(intptr_t i) {
    due[i] = goro_now() + GORO_SECOND;
    goro_after_func(&timers[i], GORO_SECOND, note, (void *)i);
}

static void *foreign(void *unused) {
    (void)unused;
    begin(1);
    return NULL;
}

int main(void) {
    pthread_t thread;
    begin(0);
    pthread_create(&thread, NULL, foreign, NULL);
    pthread_join(thread, NULL);
    while (rang < 2) continue;
    for (int i = 0; i < 2; i++)
        if (when[i] < due[i]) printf("timer %d rang early\n", i);
    puts("rang");
    return 0;
}
