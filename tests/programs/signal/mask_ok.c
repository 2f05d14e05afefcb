// A goroutine's thread blocks no signals that main does not, whoever made the thread: here the monitor, for main sleeps.
// expect: none
// procs: 1
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static atomic_int blocked = -1;

static void look(void) {
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    atomic_store(&blocked, sigismember(&mask, SIGTERM) || sigismember(&mask, SIGSEGV));
}

int main(void) {
    go(look);
    while (atomic_load(&blocked) < 0) usleep(1000);
    return atomic_load(&blocked);
}
