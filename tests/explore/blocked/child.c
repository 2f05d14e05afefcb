// A goroutine waits for a child process that another lets go on.
#include <goro.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static int ends[2];
static void waits(goro_wg *wg) {
    char c;
    pid_t pid = fork();
    if (pid == 0) _exit(read(ends[0], &c, 1) == 1 ? 0 : 1);
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status) abort();
    goro_wg_done(wg);
}
static void lets_go(goro_wg *wg) {
    if (write(ends[1], "x", 1) != 1) abort();
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (pipe(ends)) return 2;
    goro_wg_add(&wg, 2);
    go(waits, &wg);
    go(lets_go, &wg);
    goro_wg_wait(&wg);
    return 0;
}
