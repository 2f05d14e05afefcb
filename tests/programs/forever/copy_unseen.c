// The process has a copy of itself now and then, to look for who waits for ever, and children of its own: it hears of those only, by
// wait() and by SIGCHLD.
// expect: GD003
// mode: race
// unseeded: when a copy is seen
// stdout: 20 children, 20 signals
#include "../live.h"
#include "big_heap.h"
#include "children.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { CHILDREN = 20 };

static atomic_int signals;

static void count(int sig) {
    (void)sig;
    signals++;
}

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(void) {
    int children = 0, copies = 0;
    struct sigaction act = {.sa_handler = count, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &act, NULL);
    live_start();
    heap = big_heap(NULL);
    go(lost);
    cover();
    for (int i = 0; i < 8000 && ((!copies && children_shown()) || !told("GD003", 1)); i++) {
        copies += children_named("goro-snapshot", NULL);
        if (wait(NULL) != -1 || errno != ECHILD) return 2;
        if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) return 3;
        goro_sleep(GORO_MILLISECOND);
    }
    if (!copies && children_shown()) return 1;
    if (signals) return 4;
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(7);
        if (pid < 0) return 5;
        int status = 0;
        if (wait(&status) != pid || WEXITSTATUS(status) != 7) return 6;
        children++;
    }
    while (signals < CHILDREN) goro_yield();
    printf("%d children, %d signals\n", children, (int)signals);
    live_stop();
    big_heap_free(heap);
    return 0;
}
