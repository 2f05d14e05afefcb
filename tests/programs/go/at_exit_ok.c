// Deferred calls run last in, first out, at the goroutine's end; a deferred Done publishes all that ran before it.
// expect: none
// stdout: 321
#include "../stage.h"
#include <stdio.h>

static int x;
static goro_wg wg;

static void done(void *arg) { goro_wg_done(arg); }

static void append(void *digit) { x = x * 10 + (int)(long)digit; }

static void child(void) {
    goro_at_exit(done, &wg);
    goro_at_exit(append, (void *)1);
    goro_at_exit(append, (void *)2);
    goro_at_exit(append, (void *)3);
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(child);
    goro_wg_wait(&wg);
    printf("%d\n", x);
    return 0;
}
