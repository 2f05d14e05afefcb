/* measure COMMAND...: runs it and prints on descriptor 3 `cpu_ms peak_kib status`: CPU time of the process, user and
 * system, and the most memory it ever had resident. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct rusage u;
    int status;
    if (argc < 2) return 2;
    pid_t pid = fork();
    if (pid < 0) return 2;
    if (pid == 0) {
        close(3);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (wait4(pid, &status, 0, &u) != pid) return 2;
    dprintf(3, "%.1f %ld %d\n", (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
            (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3, u.ru_maxrss, status);
    return 0;
}
