// Does the same each time, but what it prints, and its status, tell of the process it is.
// twice: differs
// first: first in line 2 of their standard output
#include <goro.h>
#include <stdio.h>
#include <unistd.h>

static void worker(goro_wg *wg) {
    printf("first line\nprocess %d\n", (int)getpid());
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
