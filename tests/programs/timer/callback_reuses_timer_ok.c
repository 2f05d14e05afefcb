// The timer may be used again in its own function.
// expect: none
// stdout: 3 2 1 0
#include "../stage.h"
#include <stdio.h>

static goro_timer timer;
static goro_wg wg;

static void count_down(void *arg) {
    long left = (long)arg;
    printf("%ld%s", left, left ? " " : "\n");
    if (left) goro_after_func(&timer, GORO_MILLISECOND, count_down, (void *)(left - 1));
    else goro_wg_done(&wg);
}

int main(void) {
    goro_wg_add(&wg, 1);
    goro_after_func(&timer, GORO_MILLISECOND, count_down, (void *)3);
    goro_wg_wait(&wg);
    return 0;
}
