// A child forked from a goroutine while others run may exec and _exit.
// expect: none
#include "../stage.h"
#include <sys/wait.h>
#include <unistd.h>

static atomic_bool stop;

static void run_on(goro_wg *wg) {
    while (!atomic_load(&stop)) goro_yield();
    goro_wg_done(wg);
}

static void forks(goro_wg *wg) {
    for (int i = 0; i < 6; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            if (i % 2) execl("/bin/true", "true", (char *)NULL);
            _exit(i % 2 ? 9 : 3);
        }
        if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != (i % 2 ? 0 : 3))
            goro_panic("child %d: %d", i, status);
        goro_yield();
    }
    atomic_store(&stop, true);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    go(run_on, &wg);
    go(run_on, &wg);
    go(forks, &wg);
    goro_wg_wait(&wg);
    return 0;
}
