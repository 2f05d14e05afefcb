// Each schedule looks whether all is as a process finds it at its start, and then leaves something behind: which, says the argument.
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <goro.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int runs, initial = 7, *kept;
static __thread int own;
static goro_mutex mu;

static int leave_variables(void) {
    bool fresh = runs == 0 && initial == 7 && own == 0 && !kept && !getenv("LEFT") && fegetround() == FE_TONEAREST;
    kept = calloc(100, sizeof *kept);
    runs = initial = own = kept[5] = 1;
    setenv("LEFT", "1", 1);
    fesetround(FE_UPWARD);
    printf("not flushed");
    errno = E2BIG;
    return !fresh;
}

static int leave_memory(void) {
    int fresh = runs++ == 0;
    for (int i = 1; i < 40; i++) {
        char *block = malloc((size_t)i * 10000);
        block[0] = block[i * 10000 - 1] = (char)i;
        if (i % 3) free(block);
    }
    return !fresh;
}

static int leave_file(void) {
    int fresh = fcntl(3, F_GETFD) == -1, fd = open("/dev/null", O_WRONLY);
    return !fresh || fd != 3;
}

static int leave_closed(void) {
    int fresh = fcntl(0, F_GETFD) != -1;
    close(0);
    closefrom(3);
    return !fresh;
}

static int leave_high(void) { /* where goro's own are */
    int fresh = 1;
    for (int fd = 890; fd < 1020; fd++) fresh &= fcntl(fd, F_GETFD) == -1 || fd == 1000;
    for (int fd = 890; fd < 1020; fd++) dup2(1, fd);
    return !fresh;
}

static volatile sig_atomic_t caught;
static void catch(int sig) { caught += sig == SIGUSR1; }
static int leave_handler(void) {
    struct sigaction before;
    sigaction(SIGUSR1, NULL, &before);
    int fresh = before.sa_handler == SIG_DFL && !caught;
    signal(SIGUSR1, catch);
    raise(SIGUSR1);
    return !fresh;
}

static int leave_blocked(void) {
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGSYS);
    sigprocmask(SIG_BLOCK, &set, &before);
    kill(getpid(), SIGUSR2);
    return sigismember(&before, SIGUSR2);
}

static int leave_folder(void) {
    char path[200] = "";
    int fresh = getcwd(path, sizeof path) && strcmp(path, "/") != 0;
    return !fresh || chdir("/") != 0;
}

static void *nothing(void *arg) { return arg; }
static int leave_thread(void) {
    pthread_t t;
    return runs++ || pthread_create(&t, NULL, nothing, NULL);
}

static int leave_child(void) {
    if (runs++) return 1;
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status;
    return waitpid(child, &status, 0) != child || status;
}

static void end_with(void) { _exit(runs - 1); }
static int leave_at_exit(void) {
    atexit(end_with);
    return runs++;
}

static int leave_protected(void) {
    static char page[8192] __attribute__((aligned(4096)));
    page[0]++;
    mprotect(page, 4096, PROT_READ);
    return page[0] != 1;
}

static const struct {
    const char *name;
    int (*leave)(void);
} ways[] = {{"variables", leave_variables}, {"memory", leave_memory},   {"file", leave_file},
            {"closed", leave_closed},       {"high", leave_high},       {"handler", leave_handler},
            {"blocked", leave_blocked},     {"folder", leave_folder},   {"thread", leave_thread},
            {"child", leave_child},         {"protected", leave_protected}, {"at_exit", leave_at_exit}};

static void add(int *sum, goro_wg *wg) {
    goro_mutex_lock(&mu);
    ++*sum;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(int argc, char **argv) {
    goro_wg wg = {0};
    int sum = 0, status = 0;
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) go(add, &sum, &wg);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && !strcmp(argv[1], ways[i].name)) status = ways[i].leave();
    goro_wg_wait(&wg);
    return status || sum != 3 ? 1 : 0;
}
