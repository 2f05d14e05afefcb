// A child forked while goroutines run is told, in words, what it may not do.
// expect: none
// exit: 2
// stderr-has: goro: this is a child of fork(), and goroutines ran before: it may only call exec or _exit
#include "../stage.h"
#include <sys/wait.h>
#include <unistd.h>

static void wait_for(chan(int) c) { chan_recv(c); }

int main(void) {
    int status;
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, wait_for, c);
    goro_yield();
    pid_t child = fork();
    if (child == 0) {
        goro_yield();
        _exit(0);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 1;
    chan_close(c);
    goro_wg_wait(&wg);
    return WEXITSTATUS(status);
}
