/* Exploring: the schedules are handed out to a worker for each CPU, and what they send is reported in the order of seeds.
 *
 * A worker is the program itself, stopped before main, which runs each schedule in a fork, or in one that is used again (instrument/explore.c). The first
 * schedule of all is a probe, which switches only where a goroutine waits: it tells how many choices there are. It is
 * the same whatever the seeds, so that a schedule is the same when it is run alone.
 *
 * Always true
 *  1. A schedule's records are kept until all with smaller seeds have been reported: which of them is the first to show
 *     a finding does not depend on which CPU was faster.
 *  2. A schedule that does not end in time, is killed or crashes costs nothing but itself; a worker that dies is started
 *     again, WORKER_DEATHS_MAX times in all.
 *  3. After a signal that asks for the end nothing is begun, what runs is killed, and all that was found is reported.
 *
 * Not done: a start of the program for each schedule: many times a fork (docs/internals.md has figures). */
#include "reports/explore.h"
#include "reports/dfs.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/program.h"
#include "reports/reduce.h"
#include "reports/report.h"
#include "reports/reorder.h"
#include "reports/rerun.h"
#include "reports/schedule.h"
#include "reports/surw.h"
#include "reports/twice.h"
#include "reports/worker.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, WORKER_DEATHS_MAX = 20, SCHEDULE_MS = 10000, PROGRESS_MS = 200, AHEAD_MAX = 4096 };

static struct {
    struct explore *e;
    struct worker workers[WORKERS_MAX];
    unsigned worker_count, deaths;
    int signals;
    uint64_t wanted;           /* schedules; UINT64_MAX: as many as time allows */
    int64_t started, deadline; /* ms */
    uint64_t begun, steps;     /* schedules handed out besides the probe; choices of the probe */
    struct marks marks;        /* the probe's; of a search, all that were found */
    uint64_t first_seed;
    unsigned probes; /* to be run yet: surw's counts are of a second one, which knows the first one's marks */
    bool stopped, told_progress;
    struct wire_notes notes; /* of the one schedule that is followed */
    int64_t progress_at;
    uint64_t schedule_ms;
    enum wire_strategy strategy;
    uint32_t depth;
} run;

static int64_t now_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

static uint32_t read_bound(const char *text) {
    enum { BOUND_MAX = 1000 };
    char *end;
    unsigned long bound = strtoul(text, &end, 10);

    if (end == text || *end || *text == '-' || bound > BOUND_MAX)
        give_up(EXIT_MISUSE, "--strategy dfs:N wants the preemptions, from 0 to %d, not '%s'", BOUND_MAX, text);
    return (uint32_t)bound;
}

enum wire_strategy explore_strategy(const struct options *o, uint32_t *depth) {
    static const char *const names[] = {"random", "pct", "pos", "surw", "dfs", "mixed", NULL};
    static const enum wire_strategy kinds[] = {WIRE_STRATEGY_RANDOM, WIRE_STRATEGY_PCT, WIRE_STRATEGY_POS,
                                               WIRE_STRATEGY_SURW,   WIRE_STRATEGY_DFS, WIRE_STRATEGY_MIXED};
    enum { DEPTH_DEFAULT = 3, DEPTH_MAX = 17 };
    const char *text = option(o, STRATEGY).given ? option(o, STRATEGY).text : "mixed", *meant;
    size_t n = strcspn(text, ":");
    char *end;

    *depth = DEPTH_DEFAULT;
    for (size_t i = 0; names[i]; i++) {
        if (strlen(names[i]) != n || strncmp(names[i], text, n) != 0) continue;
        if (kinds[i] == WIRE_STRATEGY_DFS) *depth = text[n] ? read_bound(text + n + 1) : DFS_NO_BOUND;
        if (!text[n] || kinds[i] == WIRE_STRATEGY_DFS) return kinds[i];
        if (kinds[i] != WIRE_STRATEGY_PCT) break;
        *depth = (uint32_t)strtoul(text + n + 1, &end, 10);
        if (end == text + n + 1 || *end || *depth < 1 || *depth > DEPTH_MAX)
            give_up(EXIT_MISUSE, "--strategy pct:D wants a depth from 1 to %d, not '%s'", DEPTH_MAX, text + n + 1);
        return kinds[i];
    }
    meant = nearest_word(text, names);
    give_up(EXIT_MISUSE, "--strategy wants random, pct, pct:D, pos, surw, dfs, dfs:N or mixed, not '%s'%s%s%s", text,
            meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

static unsigned cpus(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (unsigned)n;
}

/* -- searching systematically ---------------------------------------------------------------------------------------- */

static bool searches(void) { return run.strategy == WIRE_STRATEGY_DFS; }

/* Those that not all know yet. */
static bool take_marks(const struct schedule *s) {
    size_t before = run.marks.count;

    for (size_t i = 0; i < s->mark_count && run.marks.count < WIRE_MARKS_MAX; i++) {
        size_t k = 0;

        while (k < run.marks.count && run.marks.list[k] != s->marks[i]) k++;
        if (k == run.marks.count) run.marks.list[run.marks.count++] = s->marks[i];
    }
    return run.marks.count > before;
}

/* Where a schedule has found more choices than were known, those before it had too few: all begins anew. Their findings
 * are findings, and numbers go on. */
static void take_searched(struct schedule *s) {
    if (!s->unwanted && take_marks(s)) {
        schedules_drop_behind(s);
        dfs_start(run.depth);
        run.begun = s->number + 1;
    } else if (!s->unwanted) {
        dfs_take(s);
    }
    s->unwanted |= run.first_seed + s->number < run.e->seed;
}

static struct dfs_order order_of(const struct schedule *s) {
    if (s->asked.strategy == WIRE_STRATEGY_STEER) return reorder_order();
    return s->asked.strategy == WIRE_STRATEGY_SURW ? surw_order(s->asked.seed) : dfs_order_of(s);
}

static void take_each(struct schedule *s) {
    if (s->is_probe) return;
    if (searches()) take_searched(s);
    if (!run.e->twice) return;
    if (run.wanted == 1) fwrite(s->output.data, 1, s->output.length, stdout);
    twice_compare(s, order_of(s));
    schedules.halted |= twice_differs();
}

/* -- signals ------------------------------------------------------------------------------------------------------- */

static void take_signals(sigset_t *before) {
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, before);
    signal(SIGPIPE, SIG_IGN);
    run.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (run.signals < 0) give_up(EXIT_MISUSE, "signalfd failed: %s", strerror(errno));
}

static void look_for_signals(void) {
    struct signalfd_siginfo i;

    while (read(run.signals, &i, sizeof i) == sizeof i) run.stopped = true;
}

static bool is_stopped(void) {
    look_for_signals();
    return run.stopped;
}

/* The others' schedules do not age meanwhile: nobody listens to them. */
static void reduce(struct model_finding *f) {
    const struct schedule *s = schedules.reported;
    int64_t begun = now_ms();

    if (!s) return; /* predicted, and no schedule has shown it */
    if (s->asked.strategy == WIRE_STRATEGY_STEER) reorder_confirm(f);
    reduce_finding(f, run.e, &s->asked, run.e->decisions, &run.marks, order_of(s), is_stopped);
    for (unsigned i = 0; i < run.worker_count; i++)
        if (run.workers[i].deadline) run.workers[i].deadline += now_ms() - begun;
}

/* -- progress ------------------------------------------------------------------------------------------------------ */

static void show_progress(bool last) {
    int64_t now = now_ms();
    double seconds = (double)(now - run.started) / 1000;
    struct text t = {0};

    if (option(run.e->options, QUIET).given || !isatty(STDERR_FILENO)) return;
    if (!last && now < run.progress_at) return;
    run.progress_at = now + PROGRESS_MS;
    if (!last)
        text_print(&t, "%llu schedules, %.0f a second, %llu findings", (unsigned long long)schedules.done,
                   seconds > 0 ? (double)schedules.done / seconds : 0, (unsigned long long)report_count());
    if (!last && !searches() && schedules_unseen() >= 0)
        text_print(&t, ", %.0f %% seen", 100 * (1 - schedules_unseen()));
    if (last && !run.told_progress) return;
    run.told_progress = true;
    fprintf(stderr, "\r\033[K%s%s", t.data ? t.data : "", last ? "" : "\r");
    fflush(stderr);
    text_free(&t);
}

/* -- handing out --------------------------------------------------------------------------------------------------- */

static bool time_is_up(void) { return run.stopped || (run.deadline && now_ms() >= run.deadline); }

static bool is_at_end(void) { return time_is_up() || schedules.halted; }

static bool may_begin(void) {
    if (is_at_end()) return false;
    if (searches() && !dfs_has_next()) return false;
    return run.begun < run.wanted && run.begun < run.e->done + schedules.taken + AHEAD_MAX;
}

static void begin_next(struct worker *w) {
    struct wire_schedule s = {.seed = run.first_seed, .strategy = WIRE_STRATEGY_PROBE};
    struct dfs_order order = {0};

    if (!run.probes && run.e->twice && !is_at_end() && (w->schedule = twice_next((unsigned)(w - run.workers)))) {
        s = w->schedule->asked;
        order = order_of(w->schedule->of);
    } else if (run.e->only) {
        if (!may_begin()) return;
        s = *run.e->only;
        w->notes = &run.notes;
        w->schedule = schedule_new(run.begun++);
    } else if (!run.probes) {
        if (!may_begin()) return;
        uint64_t number = shard_number(run.e->shard, run.begun++);
        s = (struct wire_schedule){
            .seed = run.first_seed + number, .strategy = run.strategy, .depth = run.depth, .steps = run.steps};
        w->schedule = schedule_new(number);
        if (searches()) order = dfs_next(w->schedule);
        else if (s.strategy == WIRE_STRATEGY_SURW) order = surw_order(s.seed);
        if (run.e->twice) s.flags = WIRE_SCHEDULE_FOOTPRINT;
    } else {
        if (w != run.workers || time_is_up()) return;
        if (run.strategy == WIRE_STRATEGY_SURW) s.flags = WIRE_SCHEDULE_COUNT;
        w->schedule = schedule_new_probe();
    }
    w->deadline = now_ms() + (int64_t)run.schedule_ms;
    w->schedule->asked = s;
    worker_ask(w, &s, run.e->decisions, &run.marks, &order);
}

static void finish(struct worker *w, int status, bool lost) {
    struct schedule *s = w->schedule;

    w->schedule = NULL;
    w->deadline = 0;
    worker_take_records(w, s);
    s->status = status;
    s->hung = w->killed && !run.stopped && !lost;
    w->killed = false;
    if (s->is_probe) {
        run.probes--;
        run.steps = s->steps;
        surw_learn(s->counts, s->count_count);
        take_marks(s);
    }
    if (run.stopped && WIFSIGNALED(status)) s->cut = true;
    s->lost = lost;
    worker_take_output(w, &s->output);
    if (!run.e->twice || !twice_takes(s, (unsigned)(w - run.workers))) schedule_done(s);
}

static enum worker_output output_wanted(void) {
    return run.e->twice ? WORKER_KEEPS : run.wanted == 1 ? WORKER_SHOWS : WORKER_THROWS;
}

/* A worker has gone: whatever it did is lost, but for what it has sent. */
static void replace(struct worker *w) {
    int status = worker_end(w);

    if (!w->was_ready && !run.deaths) run.e->not_instrumented = true;
    if (w->schedule) finish(w, status, true);
    if (run.stopped || run.e->not_instrumented) return;
    if (++run.deaths > WORKER_DEATHS_MAX) {
        complain("the program that was to run the schedules has died %d times: giving up", WORKER_DEATHS_MAX);
        run.stopped = true;
        return;
    }
    worker_start(w, run.e, output_wanted());
}

static void hear(struct worker *w) {
    struct wire_answer a;

    enum worker_news news = worker_hear(w, &a);

    if (news == WORKER_GONE) replace(w);
    if (news != WORKER_HEARD) return;
    switch ((enum wire_answer_kind)a.kind) {
    case WIRE_ANSWER_READY: w->was_ready = w->ready = true; break;
    case WIRE_ANSWER_THREADS: give_up(EXIT_MISUSE, "the program starts threads before main, and cannot be explored");
    case WIRE_ANSWER_BEGUN:
    case WIRE_ANSWER_NOTES: break; /* worker_hear has put it away */
    case WIRE_ANSWER_ENDED:
    case WIRE_ANSWER_KEPT: finish(w, (int)a.value, false); break;
    case WIRE_ANSWER_FAILED:
        complain("a schedule could not be forked: %s", strerror((int)a.value));
        finish(w, 0, true);
        run.stopped = true;
        break;
    }
}

static void keep_deadline(struct worker *w) {
    if (!w->schedule || w->killed || !w->pid) return;
    if (!run.stopped && now_ms() < w->deadline && !(run.deadline && now_ms() > run.deadline + (int64_t)run.schedule_ms))
        return;
    w->killed = true;
    kill(-w->pid, SIGKILL);
    kill(w->pid, SIGKILL);
}

/* -- the loop ------------------------------------------------------------------------------------------------------ */

static bool is_busy(void) {
    for (unsigned i = 0; i < run.worker_count; i++)
        if (run.workers[i].schedule) return true;
    return false;
}

static bool is_over(void) {
    if (run.e->not_instrumented) return true;
    if (is_busy()) return false;
    if (is_at_end()) return true;
    if (twice_waits()) return false;
    if (searches() && !run.probes && !dfs_has_next()) return true;
    return (!run.probes || run.e->only) && run.begun >= run.wanted;
}

static void wait_for_news(void) {
    enum { DRAIN_MS = 5 }; /* not woken by each record: a schedule's are taken when it has ended, or fill the socket */
    struct pollfd polled[WORKERS_MAX + 1];
    unsigned n = 0;
    int arrived;

    polled[n++] = (struct pollfd){.fd = run.signals, .events = POLLIN};
    for (unsigned i = 0; i < run.worker_count; i++)
        polled[n++] = (struct pollfd){.fd = run.workers[i].control, .events = POLLIN};
    arrived = poll(polled, n, DRAIN_MS);
    if (arrived < 0 && errno != EINTR) give_up(EXIT_MISUSE, "poll failed: %s", strerror(errno));
    if (polled[0].revents) look_for_signals();
    for (unsigned i = 0; i < run.worker_count; i++) {
        struct worker *w = &run.workers[i];
        if (arrived == 0 && w->schedule) worker_take_records(w, w->schedule);
        if (arrived > 0 && polled[1 + i].revents) hear(w);
    }
}

static void round_once(void) {
    wait_for_news();
    for (unsigned i = 0; i < run.worker_count; i++) {
        struct worker *w = &run.workers[i];
        if (w->schedule) worker_look(w, now_ms());
        keep_deadline(w);
        if (w->ready && !w->schedule) begin_next(w);
    }
    show_progress(false);
}

/* Did each decision come to pass? Tells of the first that did not. */
static bool tell_divergence(const struct wire_notes *notes) {
    static const char *const words[] = {[WIRE_DECISION_PREEMPT] = "to be put aside for goroutine",
                                        [WIRE_DECISION_NEXT] =
                                            "to wait, or to end, and then to be followed by goroutine",
                                        [WIRE_DECISION_YIELD] = "to give way to goroutine",
                                        [WIRE_DECISION_CASE] = "to take of its select's ready cases number"};
    uint32_t i = 0;
    const struct wire_decision *d;

    while (i < notes->count && notes->list[i].done == WIRE_DECISION_DONE) i++;
    if (i == notes->count || run.stopped) return false;
    d = &notes->list[i];
    complain("the replay diverged at decision %u of %u: goroutine %u was, %u reads after its start, %s %u; found: %s",
             i + 1, notes->count, d->task, d->at, words[d->kind], d->to,
             d->done == WIRE_DECISION_REFUSED ? "it came there, but that one could not be chosen"
                                              : "it never came to this place");
    return true;
}

/* Of a time that is given, a quarter besides. */
static bool hunt_is_over(void) {
    return is_stopped() || (run.deadline && now_ms() > run.deadline + (run.deadline - run.started) / 4);
}

/* A search has met all orders that it may, or says that it has not. */
static void hunt_races(void) {
    uint64_t n = run.begun - run.e->done;
    struct rerun r = {.e = run.e, .marks = &run.marks, .stopped = hunt_is_over, .left = reorder_runs(n)};

    if (run.e->only || run.e->twice || run.e->not_instrumented || searches() || schedules.halted || run.stopped) return;
    for (uint64_t i = 0; i < REORDER_SEEDS && i < n; i++)
        reorder_look(&r, run.first_seed + shard_number(run.e->shard, run.e->done + i), run.steps);
    reorder_drive(&r);
}

static void check_twice(void) {
    struct rerun r = {.e = run.e, .marks = &run.marks, .stopped = is_stopped};

    twice_tell(&r, run.first_seed);
    rerun_end();
    run.e->differs = twice_differs();
}

/* One that is started later, after a death, may fail: that is not worth the results. */
static void start_workers(void) {
    for (unsigned i = 0; i < run.worker_count; i++) {
        int error = worker_start(&run.workers[i], run.e, output_wanted());
        if (error) program_cannot_run(run.e->path, error);
    }
}

void explore_run(struct explore *e) {
    const struct options *o = e->options;
    sigset_t before;
    int64_t explored_ms;

    run.e = e;
    run.started = now_ms();
    run.strategy = explore_strategy(o, &run.depth);
    run.wanted = e->only ? 1 : option(o, EXPLORE).is_time ? UINT64_MAX : option(o, EXPLORE).number;
    if (option(o, EXPLORE).is_time) run.deadline = run.started + (int64_t)option(o, EXPLORE).number;
    run.schedule_ms = option(o, TIMEOUT).given ? option(o, TIMEOUT).number : SCHEDULE_MS;
    run.first_seed = e->seed;
    run.probes = run.strategy == WIRE_STRATEGY_SURW ? 2 : 1;
    run.wanted = shard_share(e->shard, run.wanted);
    run.begun = e->done;
    if (searches()) {
        run.first_seed = 1; /* they are numbered, and not drawn: those before e->seed are run for what they tell */
        run.wanted += run.wanted == UINT64_MAX ? 0 : e->seed - 1;
        dfs_start(run.depth);
    }
    schedules_begin(o, run.first_seed);
    schedules_watch(take_each);
    report_before_writing = e->twice ? NULL : reduce;
    take_signals(&before);
    run.worker_count = cpus();
    if (run.worker_count > run.wanted) run.worker_count = run.wanted ? (unsigned)run.wanted : 1;
    if (e->twice && run.worker_count < 2) run.worker_count = 2; /* each run of a schedule has another */
    start_workers();
    while (!is_over()) round_once();
    for (unsigned i = 0; i < run.worker_count; i++) worker_end(&run.workers[i]);
    show_progress(true);
    schedules_end();
    explored_ms = now_ms() - run.started;
    hunt_races();
    rerun_end();
    e->status = schedules.first_status;
    e->run = schedules.done;
    if (e->only) e->diverged = tell_divergence(&run.notes);
    else if (!e->not_instrumented)
        schedules_tell(run.strategy, run.depth, run.steps, explored_ms, run.worker_count);
    if (!e->not_instrumented && searches() && !option(o, QUIET).given) dfs_tell(report_count());
    if (e->twice && !e->not_instrumented) check_twice();
    if (run.stopped) complain("stopped before the end: what was found so far is reported");
    close(run.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
}
