// goro_exit runs the deferred calls too.
// expect: none
// stdout: 1
#include "../stage.h"
#include <stdio.h>

static int x;
static goro_wg wg;

static void done(void *arg) { goro_wg_done(arg); }

static void leave(void) {
    x++;
    goro_exit();
    x += 100;
}

static void child(void) {
    goro_at_exit(done, &wg);
    leave();
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(child);
    goro_wg_wait(&wg);
    printf("%d\n", x);
    return 0;
}
