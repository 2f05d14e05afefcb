// A program's own handler of SIGQUIT stays, as does one of a fault.
// expect: none
// exit: 5
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t quits;
static void on_quit(int sig) { quits += sig == SIGQUIT; }
static void on_fault(int sig) { _exit(sig == SIGSEGV && quits == 1 ? 5 : 1); }
static void nothing(void) {}

int main(void) {
    signal(SIGQUIT, on_quit); /* before the first goroutine, and after it */
    go(nothing);
    goro_yield();
    signal(SIGSEGV, on_fault);
    raise(SIGQUIT);
    while (quits == 0) goro_yield();
    *(volatile int *)NULL = 1;
    return 0;
}
