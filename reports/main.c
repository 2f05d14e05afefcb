/* goro-race: runs an instrumented program, reports what it finds, and tells by the exit status.
 *
 * goro-race [options] [--] PROGRAM [args...]; goro-race [options] prog.c ... [-- args...]; goro-race explain CODE;
 * goro-race merge [options] FILE...; goro-race bench [options] PROGRAM [args...]. */
#include "reports/bench.h"
#include "reports/compile.h"
#include "reports/determinism.h"
#include "reports/debugger.h"
#include "reports/explain.h"
#include "reports/explore.h"
#include "reports/journal.h"
#include "reports/language.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/merge.h"
#include "reports/options.h"
#include "reports/program.h"
#include "reports/progress.h"
#include "reports/report.h"
#include "reports/results.h"
#include "reports/schedule_text.h"

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

/* What is to be typed behind "goro-race --seed N" to see a finding again. */
static char *command_again(const struct options *o) {
    struct text t = {0};

    if (option(o, PARALLEL).given) text_put(&t, "goro-race --parallel ");
    if (option(o, REPLAY).given) text_print(&t, "goro-race --replay %s ", option(o, REPLAY).text);
    if (option(o, EXPLORE).given) text_put(&t, "--explore 1 ");
    if (option(o, EXPLORE).given && option(o, STRATEGY).given)
        text_print(&t, "--strategy %s ", option(o, STRATEGY).text);
    if (option(o, VIRTUAL_TIME).given && !option(o, EXPLORE).given) text_put(&t, "--virtual-time ");
    options_put_program(&t, o);
    return t.data;
}

static uint64_t random_seed(void) {
    uint32_t v;

    if (getrandom(&v, sizeof v, 0) != sizeof v) v = (uint32_t)getpid();
    return v % 99999 + 1; /* short enough to be typed */
}

static uint64_t seed_of(const struct options *o) {
    uint32_t depth;

    if (option(o, SEED).given) return option(o, SEED).number;
    return option(o, EXPLORE).given && explore_strategy(o, &depth) == WIRE_STRATEGY_DFS ? 1 : random_seed();
}

/* The file of --record or --replay; fd 0: none. */
static struct journal journal;

static void open_journal(struct options *o) {
    if (option(o, RECORD).given) journal_create(&journal, option(o, RECORD).text, seed_of(o), o);
    if (!option(o, REPLAY).given) return;
    journal_open(&journal, option(o, REPLAY).text);
    if (!o->rest[0]) o->rest = journal.words;
    for (size_t i = 0; o->rest[i] || journal.words[i]; i++) {
        if (o->rest[i] && journal.words[i] && !strcmp(o->rest[i], journal.words[i])) continue;
        complain("this is not the command line that was recorded: the replay may diverge");
        break;
    }
}

/* GORO_RACE_OPTIONS for the program: name=value with : between (docs/internals.md). */
static char *make_settings(const struct options *o) {
    struct text t = {0};

    if (option(o, PARALLEL).given) text_put(&t, "parallel=1");
    else text_print(&t, "seed=%llu", (unsigned long long)(journal.fd ? journal.seed : seed_of(o)));
    if (journal.fd) text_print(&t, ":%s=%d", option(o, RECORD).given ? "record" : "replay", journal.fd);
    if (option(o, VIRTUAL_TIME).given || journal.is_virtual) text_put(&t, ":virtual=1");
    if (option(o, HALT_ON_ERROR).given) text_put(&t, ":halt=1");
    if (option(o, VERBOSE).given) text_put(&t, ":verbose=1");
    if (option(o, TRACE).given) text_put(&t, ":trace=1");
    else if (option(o, HTML).given) text_put(&t, ":trace=2");
    return t.data;
}

static void check_options(const struct options *o) {
    if (option(o, PARALLEL).given && option(o, SEED).given)
        give_up(EXIT_MISUSE, "--seed and --parallel exclude each other: on several CPUs no seed decides the schedule");
    if (option(o, PARALLEL).given && option(o, VIRTUAL_TIME).given)
        give_up(EXIT_MISUSE, "--virtual-time and --parallel exclude each other: several CPUs keep real time");
    if (option(o, PARALLEL).given && option(o, CHECK_DETERMINISM).given)
        give_up(EXIT_MISUSE,
                "--check-determinism and --parallel exclude each other: on several CPUs no two runs are the same");
    if (option(o, EXPLORE).given && option(o, PARALLEL).given)
        give_up(EXIT_MISUSE,
                "--explore and --parallel exclude each other: on several CPUs nobody chooses the schedule");
    if (option(o, EXPLORE).given && option(o, TRACE).given)
        give_up(EXIT_MISUSE, "--trace shows one run: give it with --seed, without --explore");
    if (option(o, REPLAY).given && (option(o, SEED).given || option(o, EXPLORE).given || option(o, PARALLEL).given ||
                                    option(o, CHECK_DETERMINISM).given))
        give_up(EXIT_MISUSE, "--replay has its schedule: it goes without --seed, --explore, --parallel and "
                             "--check-determinism");
    if (option(o, RECORD).given && (option(o, REPLAY).given || option(o, EXPLORE).given || option(o, PARALLEL).given ||
                                    option(o, CHECK_DETERMINISM).given))
        give_up(EXIT_MISUSE, "--record is of one run by a seed: it goes without --replay, --explore, --parallel and "
                             "--check-determinism");
    if (option(o, STRATEGY).given && !option(o, EXPLORE).given)
        give_up(EXIT_MISUSE, "--strategy is how --explore chooses: it needs that option");
    if ((option(o, SHARD).given || option(o, RESULTS).given) && !option(o, EXPLORE).given)
        give_up(EXIT_MISUSE, "--%s is of an exploration: it needs --explore",
                option(o, SHARD).given ? "shard" : "results");
    if (option(o, SHARD).given && !option(o, SEED).given)
        give_up(EXIT_MISUSE, "--shard needs --seed: all parts count from the same one");
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

static int exit_status(const struct options *o, int status, uint64_t failing) {
    if (failing) return option(o, EXIT_CODE).given ? (int)option(o, EXIT_CODE).number : EXIT_FINDINGS;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void tell_end(const struct options *o, const struct launch *l) {
    if (option(o, QUIET).given) return;
    if (is_linked_only(l->input))
        complain("%s is linked with goro-cc -race, but not instrumented: compile its files with it, too", o->rest[0]);
    if (l->timed_out) complain("%s was ended after %s (--timeout)", o->rest[0], option(o, TIMEOUT).text);
    else if (WIFSIGNALED(l->status))
        complain("%s was ended by signal %d (%s)", o->rest[0], WTERMSIG(l->status), strsignal(WTERMSIG(l->status)));
    if (l->left_behind)
        complain("%llu of its processes still run: what they find from here on is not reported",
                 (unsigned long long)l->left_behind);
}

/* Explores; or runs the schedule that --replay gives. */
static int explore_program(struct options *o) {
    static struct decisions decisions;
    struct wire_schedule only;
    struct wire_input none = {0};
    uint32_t depth;
    uint64_t failing;

    if (explore_strategy(o, &depth) == WIRE_STRATEGY_DFS && (option(o, SHARD).given || option(o, RESULTS).given))
        give_up(EXIT_MISUSE, "--shard and --results are for seeds: a search (dfs) cannot be divided or gone on with");
    struct explore e = {
        .options = o, .seed = seed_of(o), .shard = shard_of(o), .twice = option(o, CHECK_DETERMINISM).given};
    if (option(o, REPLAY).given) {
        if (!schedule_text_read(option(o, REPLAY).text, &only, &decisions))
            give_up(EXIT_MISUSE, "--replay: %s is no schedule (as @17:2p340-3)", option(o, REPLAY).text);
        e.seed = only.seed;
        e.only = &only;
        e.decisions = decisions.list;
    }
    report_begin(o, command_again(o));
    if (option(o, RESULTS).given) results_open(&e);
    e.path = compile_or_find(o->rest, (const char *const[]){"-race", "-g", NULL}, &e.argv);
    explore_run(&e);
    if (e.not_instrumented) tell_uninstrumented(o);
    failing = report_end(&none);
    compile_remove();
    if (!results_close() && !failing) return EXIT_MISUSE;
    if (!failing && (report_is_unwritten() || e.diverged)) return EXIT_MISUSE;
    return e.not_instrumented ? EXIT_MISUSE : exit_status(o, e.status, failing + e.differs);
}

/* --replay has a schedule, no file. */
static bool is_schedule(const struct options *o) { return option(o, REPLAY).given && option(o, REPLAY).text[0] == '@'; }

static int run_program(struct options *o) {
    struct wire_input input = {.record = report_record};
    struct launch l = {.input = &input,
                       .silent = tell_uninstrumented,
                       .arg = o,
                       .timeout_ms = option(o, TIMEOUT).number,
                       .same_addresses = !option(o, PARALLEL).given};
    bool unwritten = false;
    uint64_t failing;

    check_options(o);
    if (option(o, EXPLORE).given || is_schedule(o)) return explore_program(o);
    if (option(o, CHECK_DETERMINISM).given) return determinism_check(o, seed_of(o));
    open_journal(o);
    report_begin(o, command_again(o));
    l.path = compile_or_find(o->rest, (const char *const[]){"-race", "-g", NULL}, &l.argv);
    l.settings = make_settings(o);
    launch_run(&l);
    tell_end(o, &l);
    if (option(o, RECORD).given && !journal_check(option(o, RECORD).text, WIFSIGNALED(l.status))) unwritten = true;
    failing = report_end(&input);
    compile_remove();
    if (!failing && (unwritten || report_is_unwritten() || report_is_diverged())) return EXIT_MISUSE;
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
        if (packets) wire_input_packet(&input, buffer, (size_t)n);
        else wire_input_bytes(&input, buffer, (size_t)n);
    }
    wire_input_end(&input);
    free(buffer);
    return report_end(&input) ? EXIT_FINDINGS : 0;
}

/* gdb is between us and the program, so a process of its own reports: it ends when the last sender has. */
static pid_t start_reporter(struct options *o, int *wire) {
    int fds[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0)
        give_up(EXIT_MISUSE, "socketpair failed: %s", strerror(errno));
    pid = fork();
    if (pid < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (pid == 0) {
        close(fds[1]);
        _exit(run_reporter(o, fds[0]));
    }
    close(fds[0]);
    *wire = fds[1];
    return pid;
}

static int debug_program(struct options *o) {
    char **argv, *settings;
    const char *path;
    int status, found = 0, wire;
    pid_t reporter;

    check_options(o);
    settings = make_settings(o);
    path = compile_or_find(o->rest, (const char *const[]){"-race", "-g", NULL}, &argv);
    reporter = start_reporter(o, &wire);
    status = debugger_run(path, argv, settings, wire);
    free(settings);
    compile_remove();
    close(wire);
    while (waitpid(reporter, &found, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(found) && WEXITSTATUS(found) ? exit_status(o, 0, 1) : status;
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
    progress_allow(!option(&o, QUIET).given);
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
    if (option(&o, ATTACH).given) return debugger_attach(option(&o, ATTACH).number);
    if (!o.rest[0] && !(option(&o, REPLAY).given && !is_schedule(&o))) {
        options_help(&t, false);
        fputs(t.data, stderr);
        return EXIT_MISUSE;
    }
    if (!o.rest[0]) return run_program(&o);
    if (!o.ended && !strcmp(o.rest[0], "explain")) {
        options_parse_more(&o, o.rest + 1);
        language_choose(option(&o, LANG).text);
        return explain_run(o.rest);
    }
    if (!o.ended && !strcmp(o.rest[0], "merge")) return merge_run(&o, o.rest + 1);
    if (!o.ended && !strcmp(o.rest[0], "bench")) {
        if (o.rest != argv + 1) give_up(EXIT_MISUSE, "the options of goro-race bench go behind the word bench");
        return bench_run(o.rest + 1);
    }
    return option(&o, GDB).given ? debug_program(&o) : run_program(&o);
}
