/* Both ways lead through gdb and goro-gdb.py, which knows the runtime's records.
 *
 * Not done: a dump by the process itself, asked for by a signal. A program would have to have been built for it, its own
 * handler or mask may be in the way, one that stands still inside malloc cannot be asked, and the stacks of goroutines that
 * run at that moment cannot be read from inside. gdb stops the process, reads, and lets it go on as it was: no register
 * and no memory is written. */
#include "reports/debugger.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *find_script(void) {
    char *path = program_file("share/goro/goro-gdb.py");

    if (access(path, R_OK) != 0) give_up(EXIT_MISUSE, "%s cannot be read: %s", path, strerror(errno));
    return path;
}

static char *find_gdb(void) {
    const char *path = getenv("PATH");
    char *found = path ? program_beside("gdb") : NULL;

    if (!found) give_up(EXIT_NOT_FOUND, "gdb is not on PATH; install it, or run without --gdb or --attach");
    return found;
}

static int status_of(const char *gdb, int status) {
    if (status < 0) program_cannot_run(gdb, -1 - status);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int debugger_run(const char *path, char **argv, const char *settings, int wire) {
    char *gdb = find_gdb(), *script = find_script(), **words;
    size_t n = 0, count = 0;

    launch_environment(wire, settings);
    while (argv[n]) n++;
    words = memory_new((n + 12) * sizeof *words);
    for (const char *const *word =
             (const char *const[]){"gdb", "-q", "-x", script, "-ex", "break-on-finding", "--args", path, NULL};
         *word; word++)
        words[count++] = (char *)*word;
    for (size_t i = 1; i < n; i++) words[count++] = argv[i];
    return status_of(gdb, launch_helper(gdb, words));
}

int debugger_attach(uint64_t pid) {
    char *gdb = find_gdb(), *script = find_script();
    struct text number = {0}, command = {0};

    text_print(&number, "%llu", (unsigned long long)pid);
    if (!pid || pid > INT32_MAX || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
        give_up(EXIT_MISUSE, "there is no process %s", number.data);
    if (kill((pid_t)pid, 0) != 0)
        give_up(EXIT_MISUSE, "process %s cannot be looked into: %s", number.data, strerror(errno));
    text_put(&command, "goro-dump ");
    text_put(&command, number.data);
    char *words[] = {"gdb", "-q",
                     "-nx", "-batch",
                     "-ex", "set print thread-events off",
                     "-ex", "set print inferior-events off",
                     "-ex", "set debuginfod enabled off",
                     "-x",  script,
                     "-ex", command.data,
                     NULL};
    return status_of(gdb, launch_helper(gdb, words)) ? EXIT_MISUSE : 0;
}
