/* Runs one command with a time limit. See process.h.
 *
 * Always true: the child is the leader of a process group of its own, so that a time limit ends everything it started
 * and nothing else. Its output goes to files, so that neither side can block on a full pipe. */
#include "tests/runner/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void take_environment(const struct words *env) {
    static const char *const ours[] = {"GOMAXPROCS=", "GORO_"};
    for (char **e = environ; *e;) {
        bool drop = false;
        for (size_t i = 0; i < 2; i++) drop |= strncmp(*e, ours[i], strlen(ours[i])) == 0;
        char *name = drop ? strndup(*e, strcspn(*e, "=")) : NULL;
        if (name) {
            unsetenv(name); /* shifts the rest down: look at the same place again */
            free(name);
        } else {
            e++;
        }
    }
    for (size_t i = 0; i < env->n; i++) putenv(env->at[i]);
}

static void redirect(int fd, const char *path, int flags) {
    int file = open(path, flags, 0600);
    if (file < 0 || dup2(file, fd) < 0) _exit(124);
    close(file);
}

static _Noreturn void become(struct process *p, const char *in, const char *out, const char *err) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    redirect(0, in, O_RDONLY);
    redirect(1, out, O_WRONLY | O_CREAT | O_TRUNC);
    redirect(2, err, O_WRONLY | O_CREAT | O_TRUNC);
    take_environment(&p->env);
    execvp(p->command.at[0], p->command.at);
    fprintf(stderr, "%s: %s\n", p->command.at[0], strerror(errno));
    _exit(127);
}

/* Waits for the child up to a limit; true if it has ended. SIGCHLD is blocked, so that none is lost in between. */
static bool wait_until(pid_t child, int *status, unsigned seconds) {
    struct timespec now, end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    for (;;) {
        if (waitpid(child, status, WNOHANG) == child) return true;
        clock_gettime(CLOCK_MONOTONIC, &now);
        struct timespec left = {end.tv_sec - now.tv_sec, end.tv_nsec - now.tv_nsec};
        if (left.tv_nsec < 0) left.tv_nsec += 1000000000, left.tv_sec--;
        if (left.tv_sec < 0) return false;
        sigtimedwait(&chld, NULL, &left);
    }
}

static int status_of(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static bool write_input(const char *path, const char *input) {
    FILE *f = fopen(path, "w");
    if (!f) return false;
    if (input) fputs(input, f);
    return fclose(f) == 0;
}

bool process_run(struct process *p) {
    char *in = text_format("%s/stdin", p->scratch), *out = text_format("%s/stdout", p->scratch),
         *err = text_format("%s/stderr", p->scratch);
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    bool ready = write_input(in, p->input);
    pid_t child = ready ? fork() : -1;
    if (child == 0) become(p, in, out, err);
    if (child > 0) {
        int status = 0;
        setpgid(child, child); /* whichever of the two comes first */
        p->timed_out = !wait_until(child, &status, p->timeout_s);
        if (p->timed_out) {
            kill(-child, SIGTERM);
            if (!wait_until(child, &status, 2)) {
                kill(-child, SIGKILL);
                waitpid(child, &status, 0);
            }
        }
        kill(-child, SIGKILL); /* what it may have left behind */
        p->status = status_of(status);
        p->out = text_read(out);
        p->err = text_read(err);
    } else {
        fprintf(stderr, "run_program: cannot start %s: %s\n", p->command.at[0], strerror(errno));
    }
    free(in);
    free(out);
    free(err);
    return child > 0 && p->out && p->err;
}

void process_free(struct process *p) {
    words_free(&p->command);
    words_free(&p->env);
    free(p->out);
    free(p->err);
}

char *process_text(const struct process *p) {
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    for (size_t i = 0; i < p->env.n; i++) fprintf(f, "%s ", p->env.at[i]);
    for (size_t i = 0; i < p->command.n; i++) {
        const char *w = p->command.at[i];
        bool plain = *w && w[strcspn(w, " \t\"'$\\;&|<>()*?[]#~`")] == '\0';
        fprintf(f, plain ? "%s%s" : "%s'%s'", i ? " " : "", w);
    }
    fclose(f);
    return text;
}
