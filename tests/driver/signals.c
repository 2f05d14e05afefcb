// A thread polls what a handler counts, in a loop of nothing but instrumented code: the handler must come through, and
// its data, set before it was installed, must not be reported. Then a handler that jumps, and one for a fault.
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <unistd.h>

static atomic_int ticks;
static int step;
static sigjmp_buf back;

static void on_tick(int sig) {
    (void)sig;
    atomic_fetch_add(&ticks, step);
}
static void on_fault(int sig, siginfo_t *info, void *context) {
    (void)context;
    siglongjmp(back, sig == SIGSEGV && info->si_addr == (void *)8 ? 2 : 3);
}

int main(void) {
    struct sigaction tick = {.sa_handler = on_tick}, fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, old;
    struct itimerval every = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    step = 1;
    sigaction(SIGALRM, &tick, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    while (atomic_load(&ticks) < 500) continue;
    setitimer(ITIMER_REAL, &never, NULL);
    if (sigaction(SIGALRM, NULL, &old) != 0 || old.sa_handler != on_tick || old.sa_flags & SA_SIGINFO) return 1;
    if (signal(SIGALRM, SIG_IGN) != on_tick || signal(SIGALRM, SIG_DFL) != SIG_IGN) return 2;

    sigaction(SIGSEGV, &fault, NULL);
    int volatile *bad = (int *)8;
    int came = sigsetjmp(back, 1);
    if (!came) *bad = 1;
    if (came != 2) return 3;

    int before = atomic_load(&ticks);
    sigaction(SIGUSR1, &tick, NULL);
    kill(getpid(), SIGUSR1);
    while (atomic_load(&ticks) == before) usleep(10);
    return 0;
}
