/* Runs single schedules: rerun.h.
 *
 * Always true
 *  1. A run that hangs is ended after RUN_MS, with its worker, and costs HANG_RUNS. */
#include "reports/rerun.h"
#include "reports/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { HANG_RUNS = 100, RUN_MS = 2000, LOOK_MS = 20 };

static struct {
    struct worker worker;
    bool started;
} self;

static int64_t now_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void rerun_end(void) {
    if (self.started) worker_end(&self.worker);
    self.started = false;
}

/* False: there is no more to be had of this worker. */
static bool hear_once(bool *ended) {
    struct worker *w = &self.worker;
    struct wire_answer a;

    enum worker_news news = worker_hear(w, &a);

    if (news != WORKER_HEARD) return news != WORKER_GONE;
    if (a.kind == WIRE_ANSWER_READY) w->ready = true;
    if (a.kind == WIRE_ANSWER_ENDED || a.kind == WIRE_ANSWER_KEPT) *ended = true;
    return a.kind != WIRE_ANSWER_FAILED && a.kind != WIRE_ANSWER_THREADS;
}

/* Until the worker is ready, or (`schedule`) its schedule has ended. False: it took too long, or cannot be. */
static bool wait_for(const struct rerun *r, bool schedule) {
    struct worker *w = &self.worker;
    int64_t deadline = now_ms() + RUN_MS;
    bool ended = false;

    while (schedule ? !ended : !w->ready) {
        struct pollfd polled[2] = {{.fd = w->control, .events = POLLIN}, {.fd = w->wire, .events = POLLIN}};
        if (now_ms() > deadline || r->stopped()) return false;
        if (w->schedule) worker_look(w, now_ms());
        if (poll(polled, 2, LOOK_MS) <= 0) continue;
        if (polled[1].revents && w->schedule) worker_take_records(w, w->schedule);
        if (polled[0].revents && !hear_once(&ended)) return false;
    }
    if (schedule) worker_take_records(w, w->schedule);
    return true;
}

static bool start_worker(const struct rerun *r) {
    if (self.started) return true;
    worker_start(&self.worker, r->e, WORKER_THROWS);
    self.started = true;
    if (wait_for(r, false)) return true;
    rerun_end();
    return false;
}

/* Who follows decisions needs no order. */
static bool is_ordered(const struct wire_schedule *s) {
    return !(s->flags & WIRE_SCHEDULE_FOLLOW) &&
           (s->strategy == WIRE_STRATEGY_DFS || s->strategy == WIRE_STRATEGY_STEER || s->strategy == WIRE_STRATEGY_SURW);
}

bool rerun_schedule(struct rerun *r, const struct wire_schedule *asked, const struct decisions *d,
                    const struct dfs_order *order, struct schedule *records) {
    struct wire_schedule s = *asked;
    bool ended;

    if (r->left <= 0 || r->stopped() || !start_worker(r)) return false;
    r->left--;
    s.decisions = s.flags & WIRE_SCHEDULE_FOLLOW ? d->count : 0;
    self.worker.schedule = records;
    self.worker.notes = &r->notes;
    worker_ask(&self.worker, &s, d ? d->list : NULL, r->marks, is_ordered(&s) ? order : NULL);
    ended = wait_for(r, true);
    if (!ended) {
        rerun_end();
        r->left -= HANG_RUNS;
    }
    self.worker.schedule = NULL;
    return ended;
}
