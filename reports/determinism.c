/* Two runs of goro-race itself, with their output and findings in files, and a comparison line by line.
 *
 * The second run's messages go nowhere: they are the first's, or the difference is told. A standard input that is no file is
 * empty for both, as it could not be read twice. */
#include "reports/determinism.h"
#include "reports/memory.h"
#include "reports/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHOWN_COLUMNS = 160 };

/* What is compared of a run; each a file of its own. */
enum { OUTPUT, FINDINGS, PARTS };
static const char *const part_names[PARTS] = {"standard output", "findings"};

struct trial {
    FILE *part[PARTS];
    int status; /* as waitpid gives it */
};

static char **make_argv(const struct options *o, const char *seed, const char *findings) {
    char **argv, **to;
    size_t words = 0;

    while (o->rest[words]) words++;
    argv = to = memory_new((16 + words) * sizeof *argv);
    *to++ = memory_string("goro-race");
    *to++ = memory_string("--stable");
    *to++ = memory_string("--seed");
    *to++ = memory_string(seed);
    *to++ = memory_string("--json");
    *to++ = memory_string(findings);
    if (option(o, VIRTUAL_TIME).given) *to++ = memory_string("--virtual-time");
    if (option(o, QUIET).given) *to++ = memory_string("--quiet");
    if (option(o, TIMEOUT).given) {
        *to++ = memory_string("--timeout");
        *to++ = memory_string(option(o, TIMEOUT).text);
    }
    if (o->ended) *to++ = memory_string("--");
    for (size_t i = 0; i < words; i++) *to++ = o->rest[i];
    *to = NULL;
    return argv;
}

static FILE *temporary(void) {
    FILE *f = tmpfile();

    if (!f) give_up(EXIT_MISUSE, "cannot make a temporary file: %s", strerror(errno));
    return f;
}

static void connect_input(void) {
    struct stat st;
    int null;

    if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)) {
        lseek(STDIN_FILENO, 0, SEEK_SET);
        return;
    }
    null = open("/dev/null", O_RDONLY);
    if (null > 0) dup2(null, STDIN_FILENO);
    if (null > 0) close(null);
}

static void run_trial(const struct options *o, uint64_t seed, bool silent, struct trial *t) {
    struct text number = {0}, findings = {0};
    pid_t pid;

    for (int i = 0; i < PARTS; i++) t->part[i] = temporary();
    text_print(&number, "%llu", (unsigned long long)seed);
    text_print(&findings, "/dev/fd/%d", fileno(t->part[FINDINGS]));
    pid = fork();
    if (pid < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (pid == 0) {
        connect_input();
        dup2(fileno(t->part[OUTPUT]), STDOUT_FILENO);
        if (silent && !freopen("/dev/null", "w", stderr)) _exit(EXIT_MISUSE);
        execv("/proc/self/exe", make_argv(o, number.data, findings.data));
        _exit(EXIT_MISUSE);
    }
    while (waitpid(pid, &t->status, 0) < 0 && errno == EINTR) {}
    text_free(&number);
    text_free(&findings);
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static void tell_line(int trial, const char *line, ssize_t n) {
    struct text t = {0};

    if (n < 0) text_put(&t, "(it has ended)");
    else text_shown(&t, line, SHOWN_COLUMNS);
    complain("run %d: %s", trial, t.data);
    text_free(&t);
}

static void cut_end(char *line, ssize_t n) {
    if (n > 0 && line[n - 1] == '\n') line[n - 1] = 0;
}

bool determinism_compare(const char *what, FILE *a, FILE *b) {
    char *lines[2] = {NULL, NULL};
    size_t sizes[2] = {0};
    bool same = true;

    rewind(a);
    rewind(b);
    for (unsigned long number = 1; same; number++) {
        ssize_t n = getline(&lines[0], &sizes[0], a), m = getline(&lines[1], &sizes[1], b);
        if (n < 0 && m < 0) break;
        same = n == m && !memcmp(lines[0], lines[1], (size_t)n);
        if (same) continue;
        cut_end(lines[0], n);
        cut_end(lines[1], m);
        complain("two runs differ first in line %lu of their %s:", number, what);
        tell_line(1, lines[0], n);
        tell_line(2, lines[1], m);
    }
    free(lines[0]);
    free(lines[1]);
    return same;
}

static void copy_to_stdout(FILE *f) {
    char buffer[4096];
    size_t n;

    rewind(f);
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) fwrite(buffer, 1, n, stdout);
    fflush(stdout);
}

static int shown_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

bool determinism_compare_status(int a, int b) {
    if (shown_status(a) == shown_status(b)) return true;
    complain("two runs differ in how they end: status %d and %d", shown_status(a), shown_status(b));
    return false;
}

void determinism_tell_cause(void) {
    complain("something decides that is not drawn from the seed: time, random numbers, threads, other processes");
}

int determinism_check(const struct options *o, uint64_t seed) {
    struct trial trials[2];
    bool same = true;

    for (int i = 0; i < 2; i++) {
        progress_begin(i ? "running for the second time:" : "running for the first time:", o->rest[0]);
        run_trial(o, seed, i > 0, &trials[i]);
        progress_end();
    }
    copy_to_stdout(trials[0].part[OUTPUT]);
    for (int i = 0; i < PARTS && same; i++)
        same = determinism_compare(part_names[i], trials[0].part[i], trials[1].part[i]);
    if (same) same = determinism_compare_status(trials[0].status, trials[1].status);
    if (same && !option(o, QUIET).given) complain("two runs with seed %llu were the same", (unsigned long long)seed);
    if (same) return shown_status(trials[0].status);
    determinism_tell_cause();
    return option(o, EXIT_CODE).given ? (int)option(o, EXIT_CODE).number : EXIT_FINDINGS;
}
