/* A finding as all writers see it: names instead of addresses, sentences instead of flags.
 *
 * Threads: none. Strings are kept for good (memory.h, intern) unless a comment says otherwise. */
#ifndef GORO_REPORTS_MODEL_H
#define GORO_REPORTS_MODEL_H

#include "detector/finding.h"
#include "reports/codes.h"
#include "reports/memory.h"
#include "reports/symbols.h"

struct model_lock {
    enum finding_object kind;
    uint64_t address;
    bool read;
    struct variable variable; /* name NULL: not a global */
    const char *expression;   /* then: how the call that locked it names it; NULL: not told */
    struct stack taken;
};

struct model_access {
    unsigned kind; /* bits of enum model_access_bit */
    uint64_t address, size;
    size_t task;    /* index into tasks; always one of them */
    uint32_t epoch; /* of the task, as events have it; 0: not told */
    struct stack stack;
    size_t lock_count;
    struct model_lock *locks;
};
/* The same values as detector.h's enum det_access_kind, which reports may not see; they travel on the wire. */
enum model_access_bit {
    ACCESS_WRITE = 1,
    ACCESS_ATOMIC = 2,
    ACCESS_FREE = 4,
    ACCESS_MARK = 8,
    ACCESS_ADD = 16,
    ACCESS_WAIT = 32, /* a WaitGroup's marks, as model.c finds out */
    ACCESS_USE = 64,  /* a mark that stands for any use of a channel, likewise */
    ACCESS_LEFT = 128 /* the return from the function whose local it was */
};

/* What one goroutine, or one place, has to do with a finding about goroutines. */
struct model_part {
    enum finding_role role;
    size_t task; /* index into tasks; NO_TASK: none */
    enum finding_object kind;
    uint64_t object;
    uint64_t cases, count, waited_ns;
    enum finding_side side; /* of a wait on one channel */
    enum finding_clue clue;   /* of FINDING_UNDONE, as the next two */
    uint64_t started, called; /* 0 started: not known */
    bool forever; /* it can go on no more */
    struct variable variable; /* the object; name NULL: not a global */
    const char *expression;   /* then: how the call at the stack names it; NULL: not told */
    struct stack stack, made;
    size_t lock_count;
    struct model_lock *locks;
};
#define NO_TASK ((size_t)-1)

enum model_task_kind { TASK_MAIN, TASK_GOROUTINE, TASK_THREAD };

struct model_task {
    uint64_t id, parent_id;
    enum model_task_kind kind;
    bool parent_thread; /* parent_id is a thread's number */
    enum finding_task_state state;
    const char *name; /* NULL: none was given */
    struct frame entry;
    struct stack created, now; /* now: where it waits, where that is told */
    bool heard;
    bool main_thread; /* main, in a finding of threads only: no word of goroutines then */
};

struct reduced;

struct model_finding {
    struct model_finding *next;
    struct process *process;

    char code[8], also[8];          /* also: another whose rule it meets, too; empty: none */
    const struct code_entry *entry; /* NULL: a code this version does not know */
    enum finding_severity severity;
    enum finding_certainty certainty;
    uint64_t number;

    size_t access_count;
    struct model_access accesses[FINDING_ACCESSES_MAX];
    struct variable variable; /* what was accessed or misused; name NULL: not a global */
    const char *expression;   /* how the source calls it where no variable is known: "account->balance" */

    enum finding_memory memory;
    uint64_t block, block_size, block_task_id;
    struct stack block_stack, freed_stack;

    enum finding_object object_kind;
    uint64_t object;

    size_t part_count;
    struct model_part *parts;
    uint64_t parts_omitted; /* goroutines that wait, too */

    size_t task_count;
    struct model_task *tasks;

    bool reorderable; /* predicted, and the run can be reordered so that it comes about */
    struct model_lock
        *handover; /* the lock whose order it hangs on, as who had it first and who next has taken it; or none */
    size_t handover_count;

    const char *of;     /* a line of --json that says the finding of that id under its other code; NULL: it is one itself */
    char id[12];        /* hash of what does not change from run to run */
    char *title;        /* one line; owned */
    char *why, *fix;    /* sentences; owned; may be NULL */
    bool unordered;     /* why tells why nothing orders the two accesses */
    struct frame place; /* where: the first frame of the user's code */

    bool withdrawn, suppressed, known, predicted;
    const char *again;       /* of a merged one: the command line of its run, without the seed; NULL: unknown */
    struct reduced *reduced; /* the schedule and its story (reduce.h); NULL: none. Owned */
    struct history *history; /* what its goroutines did before (history.h); owned; NULL: not known */
    unsigned runs;           /* whose results were merged and that found it; 0: this is no merge */
};

/* Reads a finding record's payload and names everything in it. NULL if it makes no sense. */
struct model_finding *model_read(struct process *p, struct wire_reader payload);
/* The same of a piece of a picture: parts and tasks only. Never NULL. */
struct model_finding *model_read_picture(struct process *p, struct wire_reader payload);
void model_free(struct model_finding *f);

/* Does the part tell of a use of a channel that others wait on? */
bool part_is_use(const struct model_part *p);
/* Has it to do with Done: where was counted, or who has not? */
bool part_is_count(const struct model_part *p);
/* How many parts tell of anything else; what makes a finding more readable, but is none of what it is about, comes last. */
size_t finding_count_parts(const struct model_finding *f);

/* The first frame of the user's own code; NULL if there is none. */
const struct frame *stack_place(const struct stack *s);

/* Two accesses that nothing orders, or use and free: not a single place. */
bool finding_is_pair(const struct model_finding *f);

/* Among the finding's own; NULL if it is none of them. A thread and a goroutine may have the same number: of both,
 * finding_task_of gives the first. */
const struct model_task *finding_task_of(const struct model_finding *f, uint64_t id);
const struct model_task *finding_parent_of(const struct model_finding *f, const struct model_task *task);
bool task_started(const struct model_task *parent, const struct model_task *child);

/* No word of goroutines then. */
bool finding_is_of_threads(const struct model_finding *f);
/* Sets main_thread of the tasks. */
void finding_name_main_thread(struct model_finding *f);

/* identity.c */
void finding_identify(struct model_finding *f);
/* title.c: to be freed. */
char *finding_title(const struct model_finding *f);
/* users.c: who was expected to end the first wait on one channel, and what to change. Appends; false: not known. */
bool users_explain(const struct model_finding *f, struct text *why, struct text *fix);
/* absent.c: makes one of the places that are one to their reader, and of those started there who are alike. */
void absent_join(struct model_finding *f);
/* absent.c: who was expected to call Done on what the first part waits on, and what to change (NULL: that is known). Likewise. */
bool absent_explain(const struct model_finding *f, struct text *why, struct text *fix);
/* why_waits.c: of GD002, GD003 and GD004; false: it is none of them. */
bool waits_explain(struct model_finding *f, struct text *why, struct text *fix);
/* why.c: makes title, why and fix from the facts. */
void finding_explain(struct model_finding *f);

#endif
