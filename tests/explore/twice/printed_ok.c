// Prints the same each time; and races, in some schedules, so that there are findings to compare.
// twice: same
// finds: GR001
#include <goro.h>
#include <stdio.h>

static int count;

static void worker(goro_wg *wg) {
    count++;
    printf("counted\n");
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(worker, &wg);
    go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
