/* How things are called in every format. What these put is not yet fit for a terminal: text_shown makes it so.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_WORDS_H
#define GORO_REPORTS_WORDS_H

#include "reports/model.h"

const char *object_kind_name(enum finding_object kind); /* "mutex", "channel" */
const char *severity_name(enum finding_severity s);
/* "read", "write", "free", "send", "close", "add", "wait", "use", "return" */
const char *access_word(const struct model_access *a);

/* How a report may name things. */
struct style {
    bool stable; /* no addresses, pids, absolute paths */
};
extern struct style report_style;

/* The path as a user would type it: relative to the working directory if below it. */
const char *shown_file(const char *file);

/* "race.c:10", "race.c:10 (inlined)" is left to the writers; "?" without a file. Appends. */
void put_place(struct text *t, const struct frame *f);
/* "; " between clauses: nothing where the text begins. Appends. */
void put_clause(struct text *t);
/* " in worker (race.c:10)", of the place that a stack is about; nothing if none is known. Appends. */
void put_stack_place(struct text *t, const struct stack *s);
/* `goroutine 3 "worker"`, "goroutine 1 (main)", "thread 12". Appends. */
void put_task(struct text *t, const struct model_task *task);
/* "goroutine 3": the short form. */
void put_task_short(struct text *t, const struct model_task *task);
/* What a part's object is called in the source; NULL: not known. */
const char *part_object_name(const struct model_part *p);
/* "mu (race.c:4)", "a mutex on the heap, locked at race.c:14". Appends. */
void put_lock(struct text *t, const struct model_lock *l);
/* What was accessed or misused: "counter", "account->balance", "8 bytes". Appends. */
void put_object(struct text *t, const struct model_finding *f);

#endif
