/* goro-race: runs an instrumented program, reports what it finds, and tells by the exit status.
 *
 * goro-race [options] [--] PROGRAM [args...]; goro-race [options] prog.c ... [-- args...]; goro-race explain CODE. */
#include "reports/compile.h"
#include "reports/explain.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/options.h"
#include "reports/program.h"
#include "reports/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- the command line ------------------------------------------------------------------------------------------------- */

/* A word as a shell would need it. */
static void put_word(struct text *t, const char *word) {
    if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%^") ==
                     strlen(word)) {
        text_put(t, word);
        return;
    }
    text_char(t, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            text_put(t, "'\\''");
        else
            text_char(t, *word);
    }
    text_char(t, '\'');
}

/* What is to be typed behind "goro-race --seed N" to see a finding again. */
static char *command_again(const struct options *o) {
    struct text t = {0};

    if (option(o, PARALLEL).given) text_put(&t, "goro-race --parallel ");
    if (o->ended && o->rest[0] && o->rest[0][0] == '-') text_put(&t, "-- ");
    for (char **word = o->rest; *word; word++) {
        put_word(&t, *word);
        if (word[1]) text_char(&t, ' ');
    }
    return t.data;
}

static uint64_t random_seed(void) {
    uint32_t v;

    if (getrandom(&v, sizeof v, 0) != sizeof v) v = (uint32_t)getpid();
    return v % 99999 + 1; /* short enough to be typed */
}

/* GORO_RACE_OPTIONS for the program: name=value with : between (docs/internals.md). */
static char *make_settings(const struct options *o) {
    struct text t = {0};

    if (option(o, PARALLEL).given)
        text_put(&t, "parallel=1");
    else
        text_print(&t, "seed=%llu",
                   (unsigned long long)(option(o, SEED).given ? option(o, SEED).number : random_seed()));
    if (option(o, HALT_ON_ERROR).given) text_put(&t, ":halt=1");
    if (option(o, VERBOSE).given) text_put(&t, ":verbose=1");
    return t.data;
}

static void check_options(const struct options *o) {
    if (option(o, PARALLEL).given && option(o, SEED).given)
        give_up(EXIT_MISUSE,
                "--seed and --parallel exclude each other: on several CPUs no seed decides the schedule");
    if (option(o, QUIET).given && option(o, VERBOSE).given)
        give_up(EXIT_MISUSE, "--quiet and --verbose exclude each other");
}

/* -- running ------------------------------------------------------------------------------------------------------------- */

static void tell_uninstrumented(void *arg) {
    const struct options *o = arg;

    if (option(o, QUIET).given) return;
    complain("%s is not instrumented: its memory accesses cannot be seen, so nothing can be found.\n"
             "Build it with:  goro-cc -race -g prog.c -o prog   (or: make CC='goro-cc -race')",
             o->rest[0]);
}

/* The library is there, but no code was compiled to call it. */
static bool is_linked_only(const struct wire_input *in) {
    bool hello = false;

    for (const struct process *p = in->newest; p; p = p->older) {
        if (p->instrumented) return false;
        hello |= p->hello;
    }
    return hello;
}

/* The program and its arguments: argv of what is to be run. */
static const char *prepare_program(struct options *o, char ***argv) {
    size_t n = 0;

    while (o->rest[n] && program_is_source(o->rest[n])) n++;
    if (n == 0) {
        *argv = o->rest;
        return program_find(o->rest[0]);
    }
    const char *program = compile_sources(o->rest, n);
    char **rest = o->rest + n;
    if (*rest && strcmp(*rest, "--") != 0)
        give_up(EXIT_MISUSE, "'%s' is no C file; the program's own arguments go behind --", *rest);
    if (*rest) rest++;
    *argv = memory_new((n + 256) * sizeof **argv);
    for (n = 0; rest[n]; n++) {}
    *argv = memory_resize(*argv, (n + 2) * sizeof **argv);
    (*argv)[0] = memory_string(program);
    memcpy(*argv + 1, rest, (n + 1) * sizeof **argv);
    return program;
}

static int exit_status(const struct options *o, int status, uint64_t failing) {
    if (failing) return option(o, EXIT_CODE).given ? (int)option(o, EXIT_CODE).number : EXIT_FINDINGS;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void tell_end(const struct options *o, const struct launch *l) {
    if (option(o, QUIET).given) return;
    if (is_linked_only(l->input))
        complain("%s is linked with goro-cc -race, but not instrumented: compile its files with it, too",
                 o->rest[0]);
    if (l->timed_out)
        complain("%s was ended after %s (--timeout)", o->rest[0], option(o, TIMEOUT).text);
    else if (WIFSIGNALED(l->status))
        complain("%s was ended by signal %d (%s)", o->rest[0], WTERMSIG(l->status),
                 strsignal(WTERMSIG(l->status)));
    if (l->left_behind)
        complain("%llu of its processes still run: what they find from here on is not reported",
                 (unsigned long long)l->left_behind);
}

static int run_program(struct options *o) {
    struct wire_input input = {.record = report_record};
    struct launch l = {
        .input = &input, .silent = tell_uninstrumented, .arg = o, .timeout_ms = option(o, TIMEOUT).number};
    uint64_t failing;

    check_options(o);
    report_begin(o, command_again(o));
    l.path = prepare_program(o, &l.argv);
    l.settings = make_settings(o);
    launch_run(&l);
    tell_end(o, &l);
    failing = report_end(&input);
    compile_remove();
    return exit_status(o, l.status, failing);
}

/* Started by an instrumented program that runs without goro-race: reads until its last process has closed the other
 * end. A ^C that ends the program must not end the one that reports on it. */
static int run_reporter(struct options *o, int fd) {
    static const int survived[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE};
    enum { ROOM = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX };
    struct wire_input input = {.record = report_record};
    int type = 0;
    socklen_t length = sizeof type;
    bool packets = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
    uint8_t *buffer = memory_new(ROOM);

    for (size_t i = 0; i < array_length(survived); i++) signal(survived[i], SIG_IGN);
    report_begin(o, NULL);
    for (;;) {
        ssize_t n = read(fd, buffer, ROOM);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) give_up(EXIT_MISUSE, "reading descriptor %d failed: %s", fd, strerror(errno));
        if (n == 0) break;
        if (packets)
            wire_input_packet(&input, buffer, (size_t)n);
        else
            wire_input_bytes(&input, buffer, (size_t)n);
    }
    wire_input_end(&input);
    free(buffer);
    return report_end(&input) ? EXIT_FINDINGS : 0;
}

static void print_text(struct text *t) {
    fputs(t->data, stdout);
    if (fflush(stdout)) give_up(EXIT_MISUSE, "writing failed: %s", strerror(errno));
    text_free(t);
}

int main(int argc, char **argv) {
    struct options o;
    struct text t = {0};

    (void)argc;
    options_parse(&o, argv);
    if (option(&o, HELP).given || option(&o, HELP_ALL).given) {
        options_help(&t, option(&o, HELP_ALL).given);
        print_text(&t);
        return 0;
    }
    if (option(&o, VERSION).given) {
        text_put(&t, "goro-race " GORO_VERSION_TEXT "\n");
        print_text(&t);
        return 0;
    }
    if (option(&o, REPORTER_FD).given) return run_reporter(&o, (int)option(&o, REPORTER_FD).number);
    if (!o.rest[0]) {
        options_help(&t, false);
        fputs(t.data, stderr);
        return EXIT_MISUSE;
    }
    if (!o.ended && !strcmp(o.rest[0], "explain")) return explain_run(o.rest + 1);
    return run_program(&o);
}
