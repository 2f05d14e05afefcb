// Ends and children of processes: `process WAY`.
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int counter;

static void *bump(void *arg) {
    counter++;
    return arg;
}
static void race(void) {
    pthread_t t[2];
    for (int i = 0; i < 2; i++) pthread_create(&t[i], 0, bump, 0);
    for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
}
static int wait_for(pid_t child) {
    int status;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    if (!strncmp(way, "fork", 4)) {
        pid_t child = fork();
        if (child) return wait_for(child) == 99;
        if (!strcmp(way, "fork-close"))
            for (int fd = 3; fd < 4096; fd++) close(fd);
        race();
        return 0;
    }
    if (!strcmp(way, "exec")) {
        pid_t child = vfork();
        if (child) return wait_for(child) == 99;
        execl(argv[0], argv[0], "_exit", (char *)0);
        _exit(98);
    }
    if (!strcmp(way, "daemon")) { /* as daemons do: away from everything */
        pid_t child = fork();
        if (child) return wait_for(child) == 99;
        setsid();
        closefrom(3);
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 900);
        dup2(null, 1000);
        race();
        return 0;
    }
    if (!strcmp(way, "clean")) {
        pid_t child = fork();
        if (child) return wait_for(child);
        return 0;
    }
    if (!strcmp(way, "seven")) _exit(7);
    race();
    if (!strcmp(way, "abort")) abort();
    if (!strcmp(way, "_exit")) _exit(0);
    return 5;
}
