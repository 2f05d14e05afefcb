/* A worker: the program, stopped before main, that forks for each schedule it is asked for.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_WORKER_H
#define GORO_REPORTS_WORKER_H

#include "reports/dfs.h"
#include "reports/explore.h"
#include "reports/schedule.h"

#include <stdio.h>
#include <sys/types.h>

/* What becomes of the standard output of the schedules: it goes nowhere, to ours, or is kept for worker_take_output. */
enum worker_output { WORKER_THROWS, WORKER_SHOWS, WORKER_KEEPS };

struct worker {
    int control, wire; /* -1: it has ended */
    FILE *output;      /* NULL: it is not kept */
    pid_t server, pid; /* the program, and the schedule that it runs (0: none yet) */
    bool ready, was_ready, killed;
    bool kept;      /* the process runs the next schedule, too */
    uint32_t asked; /* schedules */
    size_t marks_told;
    int64_t deadline;          /* ms, of the schedule */
    int64_t begun, looked_at;  /* ms: it; worker_look at it last, 0: there is nothing to look for */
    struct schedule *schedule; /* NULL: it has nothing to do */
    struct wire_notes *notes;  /* where decisions that were noted or followed go; NULL: nowhere */
};

/* 0, or why the program could not be executed: then it is a worker that has ended. */
int worker_start(struct worker *w, const struct explore *e, enum worker_output output);
/* list: s->decisions of them; NULL if there are none. marks: those that all know so far. order: of a systematic search;
 * NULL if it is none. */
void worker_ask(struct worker *w, const struct wire_schedule *s, const struct wire_decision *list,
                const struct marks *marks, const struct dfs_order *order);
enum worker_news { WORKER_GONE /* there is nobody at the other end any more */, WORKER_HEARD, WORKER_REPEATS /* nothing new */ };
enum worker_news worker_hear(struct worker *w, struct wire_answer *a);
/* To be called now and then while a schedule runs: one that sleeps in a call of the kernel's is told so, as others may be
 * waiting (WIRE_WATCH_SIGNAL). */
void worker_look(struct worker *w, int64_t now_ms);
/* Gives the schedule all records that have arrived. */
void worker_take_records(struct worker *w, struct schedule *s);
/* What the schedule that has just ended wrote, up to a limit. */
void worker_take_output(struct worker *w, struct text *t);
/* Ends the program, and what it runs. Returns its status, as waitpid gives it. */
int worker_end(struct worker *w);

#endif
