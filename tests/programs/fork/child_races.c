// What a forked child finds fails the run, although its parent is well and says so.
// expect: GR001
// exit: 0
// race-exit: 66
#include <goro.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int counter;

static void count(goro_wg *wg) {
    counter++; // race: both
    goro_wg_done(wg);
}

static void run_child(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(count, &wg);
    go(count, &wg);
    goro_wg_wait(&wg);
}

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        run_child();
        exit(0);
    }
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
