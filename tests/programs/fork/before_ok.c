// Forked before the first goroutine, parent and child both use goro as they like.
// expect: none
#include "../stage.h"
#include <sys/wait.h>
#include <unistd.h>

static int x;

static void add(int n, goro_mutex *mu, goro_wg *wg) {
    goro_mutex_lock(mu);
    x += n;
    goro_mutex_unlock(mu);
    goro_wg_done(wg);
}

static int run(void) {
    goro_mutex mu = {0};
    goro_wg wg = {0};
    goro_wg_add(&wg, 10);
    for (int i = 1; i <= 10; i++) go(add, i, &mu, &wg);
    goro_sleep(GORO_MILLISECOND);
    goro_wg_wait(&wg);
    return x == 55 ? 0 : 1;
}

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) return run();
    if (waitpid(child, &status, 0) != child || status != 0) return 2;
    return run();
}
