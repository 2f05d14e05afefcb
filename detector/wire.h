/* The wire: how findings leave the program under test and reach goro-race.
 *
 * A stream of records, each  { header, payload }. All integers little-endian. The stream goes over an inherited
 * descriptor (a SOCK_SEQPACKET socket: one record is one packet, so that several processes may share it) or is
 * appended to a file by one write(2) a record; the same bytes either way. A reader skips record types and tags it
 * does not know, and stops trusting a stream at the first bad checksum or length (a torn tail of a killed process).
 *
 * A payload is a list of fields { u16 tag, u16 flags (0), u32 length, bytes }. A nested thing (an access, a task) is a
 * field whose bytes are fields again. Unsigned numbers are 8 bytes; strings have no final NUL; a stack is a list of
 * u64 addresses, innermost first. A payload never exceeds WIRE_PAYLOAD_MAX: the writer leaves out frames in the middle
 * of long stacks until it fits. A WIRE_OMITTED field belongs to the stack right before it and says how many frames
 * are missing behind its first (count + 1) / 2. An empty stack is not sent. */
#ifndef GORO_DETECTOR_WIRE_H
#define GORO_DETECTOR_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* How goro-race tells the program where to send and how to run. A descriptor's number; or a file's path; neither:
 * the program starts a reporter of its own at its first finding. Options are "name=number", joined by ':':
 *   seed=N      what all choices are drawn from          parallel=1  GOMAXPROCS threads, not one goroutine at a time
 *   record=N    write what comes from outside to descriptor N, a file    replay=N  read it back from there
 *   serve=N     wait for schedules on descriptor N, a socket, and fork for each (struct wire_schedule)
 *   keep=N      the N-th process (4) is the first that may run several schedules; 0: none may
 *   virtual=1   sleeps and timers take no time
 *   halt=1      end at the first finding that is an error   max=N    at most N findings (0: no limit)
 *   exitcode=N  status of a program that ran without goro-race and has findings (66; 0: its own)
 *   report=0    start no reporter   verbose=1   say what is going on
 *   apart=N     what is blocked for ever is looked for in a copy of the process where that takes more than N microseconds
 *   trace=1     send all events      trace=2     keep the last ones, and send them before a finding
 * Unknown names are ignored, so that an older library runs under a newer goro-race. */
#define WIRE_ENV_FD "GORO_RACE_FD"
#define WIRE_ENV_FILE "GORO_RACE_FILE"
#define WIRE_ENV_OPTIONS "GORO_RACE_OPTIONS"

/* Asks a program that has said hello, and catches it, for a picture of its goroutines. Real-time, where few programs look. */
enum { WIRE_PICTURE_SIGNAL = 61 };
/* Tells a schedule that is explored that it has been sleeping in a system call for a while, which others are not to wait for
 * (running_watch). Ignored in the middle of anything else. */
enum { WIRE_WATCH_SIGNAL = 62 };

enum { WIRE_MAGIC = 0x4f524f47 /* "GORO" */, WIRE_VERSION = 1, WIRE_PAYLOAD_MAX = 96 * 1024 };

struct wire_header {
    uint32_t magic;
    uint16_t version;
    uint16_t type;     /* enum wire_type */
    uint32_t length;   /* of the payload */
    uint32_t checksum; /* CRC-32C of type, length, pid, sequence and payload */
    uint32_t pid;      /* the sender */
    uint32_t sequence; /* 0, 1, … per process: a gap is a lost record */
};
_Static_assert(sizeof(struct wire_header) == 24, "the wire's header has no padding");

enum wire_type {
    WIRE_HELLO = 1, /* first of each process: version, pid, parent, program, seed, instrumented */
    WIRE_MODULE,    /* a loaded object: sent before the first record that has an address in it */
    WIRE_FINDING,
    WIRE_WITHDRAW,     /* number of a finding that turned out wrong (a goroutine that woke after all) */
    WIRE_DEGRADED,     /* text: what was given up */
    WIRE_GOODBYE,      /* statistics; its absence means that the process was killed */
    WIRE_TEXT,         /* a line for the user that is no finding (verbose mode, notices) */
    WIRE_EVENTS,       /* with trace=N: what happened since the last such record, in order */
    WIRE_CHOICES,      /* of a schedule of a systematic search: a part of what it tells, before its goodbye */
    WIRE_PICTURE,      /* who waits for what, on request: fields as of a finding, with parts only; several
                     * for many goroutines, and an empty one at the end */
    WIRE_DIVERGED,     /* a replay is not what was recorded: message, address; the program has ended */
    WIRE_JOURNAL_HEAD, /* of a journal's file: first; written by goro-race: seed, virtual, words */
    WIRE_JOURNAL,      /* of a journal's file: an entry */
    WIRE_FAULT,        /* the process dies: of what, in a line, and the stack of who caused it */
};

enum wire_tag {
    /* hello, goodbye */
    WIRE_PROGRAM = 1, WIRE_PARENT_PID, WIRE_SEED, WIRE_INSTRUMENTED, WIRE_ARCH, WIRE_TASKS_EVER, WIRE_FINDINGS,
    WIRE_MEMORY_BYTES, WIRE_STATUS,
    /* module */
    WIRE_PATH = 32, WIRE_BIAS /* load address minus the ELF's own */, WIRE_LOW, WIRE_HIGH, WIRE_BUILD_ID,
    WIRE_GONE, /* it was unmapped again */
    /* finding */
    WIRE_CODE = 64, WIRE_SEVERITY, WIRE_CERTAINTY, WIRE_NUMBER, WIRE_ACCESS, WIRE_MEMORY, WIRE_BLOCK,
    WIRE_BLOCK_SIZE, WIRE_BLOCK_TASK, WIRE_BLOCK_STACK, WIRE_FREED_STACK, WIRE_OBJECT_KIND, WIRE_OBJECT, WIRE_TASK,
    WIRE_PART, WIRE_PARTS_OMITTED, WIRE_ALSO,
    WIRE_HANDOVER /* of a predicted race: the run can be reordered; two locks, as who took it first and next, or none */,
    /* inside an access */
    WIRE_KIND = 96, WIRE_ADDRESS, WIRE_SIZE, WIRE_TASK_INDEX, WIRE_STACK, WIRE_OMITTED, WIRE_LOCK, WIRE_READ,
    WIRE_TAKEN_STACK, WIRE_EPOCH,
    /* inside a task */
    WIRE_ID = 128, WIRE_STATE, WIRE_PARENT_ID, WIRE_NAME, WIRE_ENTRY, WIRE_CREATED_STACK, WIRE_HEARD,
    WIRE_PARENT_THREAD, WIRE_NOW_STACK,
    /* inside a part; task, object, stack and locks as above */
    WIRE_ROLE = 144, WIRE_CASES, WIRE_COUNT, WIRE_WAITED_NS, WIRE_MADE_STACK, WIRE_FOREVER, WIRE_SIDE, WIRE_CLUE, WIRE_STARTED,
    WIRE_CALLED,
    /* text, degraded */
    WIRE_MESSAGE = 160,
    /* goodbye of an explored schedule */
    WIRE_STEPS = 176, WIRE_SCHEDULE /* a hash of its choices */,
    WIRE_COMPLETE, /* 1: the choices have all been told */
    WIRE_MARKS /* 16 bits each: instructions that it has found to be choices (instrument/sharing.h) */,
    WIRE_COUNTS /* words, below */,
    WIRE_FOOTPRINT /* a hash of all that it did, and of how many events */, WIRE_FOOTPRINT_EVENTS,
    /* choices */
    WIRE_CHOICE_LIST = 192,
    /* events: an array of struct wire_event; how many there was no room for */
    WIRE_EVENT_LIST = 184, WIRE_EVENTS_LOST,
    /* journal; head: whether time is virtual, a word of the command line */
    WIRE_JOURNAL_ENTRY = 208, WIRE_JOURNAL_DATA, WIRE_VIRTUAL, WIRE_WORD,
};

/* -- a journal: what came from outside (instrument/journal.h) ----------------------------------------------------- */

enum wire_journal_kind {
    WIRE_JOURNAL_READ = 1,
    WIRE_JOURNAL_WRITE,
    WIRE_JOURNAL_TIME,
    WIRE_JOURNAL_RANDOM,
    WIRE_JOURNAL_POLL,
    WIRE_JOURNAL_SOCKET,
    WIRE_JOURNAL_SLEEP,
    WIRE_JOURNAL_LOCK,
    WIRE_JOURNAL_SIGNAL,
    WIRE_JOURNAL_WAIT, /* the scheduler's, as the next two: how long it has waited */
    WIRE_JOURNAL_EVENTS,
    WIRE_JOURNAL_SIGNALS,
    WIRE_JOURNAL_END,
    WIRE_JOURNAL_KINDS
};
struct wire_journal_entry {
    uint64_t task, position; /* who; how many choices had been drawn */
    int64_t result;
    uint32_t kind, argument, error, quiet; /* quiet: how often the scheduler had found nothing before */
};
_Static_assert(sizeof(struct wire_journal_entry) == 40, "an entry has no padding");

/* -- exploring: goro-race and the server that the program becomes (instrument/explore.c) talk over a socket ------- */

enum wire_strategy { WIRE_STRATEGY_PROBE, WIRE_STRATEGY_RANDOM, WIRE_STRATEGY_PCT, WIRE_STRATEGY_MIXED, WIRE_STRATEGY_DFS, WIRE_STRATEGY_POS,
    WIRE_STRATEGY_STEER /* random priorities; who is at one of the given places falls below all others */,
    WIRE_STRATEGY_SURW };

enum wire_schedule_flag {
    WIRE_SCHEDULE_NOTE = 1,   /* note the decisions */
    WIRE_SCHEDULE_FOLLOW = 2, /* follow these, and ask no strategy; the strategy's time stays */
    WIRE_SCHEDULE_EVENTS = 4, /* send events, as with trace=1 */
    WIRE_SCHEDULE_COUNT = 8,  /* count each goroutine's events, for surw */
    WIRE_SCHEDULE_REORDER = 16, /* tell races that another order of locks might show (det_reorder_begin) */
    WIRE_SCHEDULE_FOOTPRINT = 32, /* tell a hash of all that is done; with events, accesses are some, too */
};

/* "Run this one": a packet. Behind it come the decisions to follow, words (the goroutines that sleep, see below;
 * of a steered one, places; of surw, counts), marks (16
 * bits each) that the server has not been told of before, and choices (a byte each). */
struct wire_schedule {
    uint64_t seed, steps; /* steps: about how many choices the program makes; for pct */
    uint32_t strategy, depth;
    uint32_t mark_count, flags, decisions; /* flags: enum wire_schedule_flag; how many decisions */
    uint32_t sleep_count, choice_count; /* of a systematic search */
    uint32_t number;                    /* which one: its answers say so */
};

/* A place of a steered schedule: a pc. Who has taken a lock there falls, or is about to send there; or, of a race, who is about
 * to make an access or to take a lock there: in the schedules with an even seed, the more rarely the higher the seed is. */
#define WIRE_PLACE_RACE (UINT64_C(1) << 63)

/* Where a schedule differs from running each goroutine until it waits (instrument/decisions.h). */
enum wire_decision_kind {
    WIRE_DECISION_PREEMPT = 1, /* the goroutine could have gone on, but `to` runs */
    WIRE_DECISION_NEXT,        /* it waits or has ended, and `to` is next */
    WIRE_DECISION_YIELD,       /* it gives way to `to` */
    WIRE_DECISION_CASE,        /* of a select's ready cases it takes number `to`, from 0 */
};
struct wire_decision {
    uint32_t task, at, to; /* at: the reads that the goroutine has made */
    uint16_t kind, done;   /* done: enum wire_decision_fate */
};
enum wire_decision_fate {
    WIRE_DECISION_MISSED, /* its goroutine never came to this place */
    WIRE_DECISION_DONE,
    WIRE_DECISION_REFUSED, /* it did, but `to` could not run */
};
_Static_assert(sizeof(struct wire_decision) == 16, "a decision has no padding");
enum { WIRE_DECISIONS_MAX = 4096 };
/* What became of the decisions of a schedule: those that were noted, or followed. */
struct wire_notes {
    uint32_t count, overflow; /* overflow: there were more, or one that cannot be written down */
    struct wire_decision list[WIRE_DECISIONS_MAX];
};
enum { WIRE_MARKS_MAX = 4096, WIRE_SLEEP_MAX = 4096, WIRE_CHOICES_MAX = 16384 };

/* A systematic search (dfs). What a schedule tells is a list of words: each choice from the last given one on, and what was touched between two.
 *   touch      bits 63-3 a hash of the object, bit 2: it was written, bits 1-0: 0
 *   choice     what of, of how many, which was taken, who ran before (of goroutines: a place among them, WIRE_CHOICE_NONE if it
 *              could not go on; of cases: how many sleep). Then a word each: id << 1 | does it sleep
 *   run        a goroutine is put on without a choice
 *   redundant  the schedule ended here: only sleepers could run
 * A sleeper is its id, a count, and so many touches. */
enum wire_choice_kind {
    WIRE_CHOICE_TOUCH, WIRE_CHOICE_GOROUTINE, WIRE_CHOICE_CASE, WIRE_CHOICE_RUN, WIRE_CHOICE_KINDS,
    WIRE_CHOICE_SHIFT = 2, WIRE_CHOICE_NONE = 255
};
#define WIRE_CHOICE_REDUNDANT (~UINT64_C(0))
static inline uint64_t wire_choice(enum wire_choice_kind kind, unsigned of, unsigned taken, unsigned before) {
    return kind | (uint64_t)of << 8 | (uint64_t)taken << 16 | (uint64_t)before << 24;
}
static inline uint64_t wire_touch(uint64_t object, int writes) {
    return (object * UINT64_C(0x9e3779b97f4a7c15) & ~UINT64_C(7)) >> 3 << 3 | (writes ? 4 : 0);
}
/* Object 0 is everything. */
static inline int wire_touches_depend(uint64_t a, uint64_t b) {
    return ((a | b) & 4) && (a >> 3 == b >> 3 || a >> 3 == 0 || b >> 3 == 0);
}

/* Selectively uniform random walk (surw). A schedule that counts tells triples: a goroutine's name, an object (0:
 * operations of the library), and how many events on it; or the name, WIRE_COUNTS_PARENT and the parent's name. The others
 * are given the object that is selected, and pairs: a name, and how many selected events that goroutine and its
 * descendants are expected to make. */
#define WIRE_COUNTS_ALL (~UINT64_C(0)) /* every object is selected */
#define WIRE_COUNTS_PARENT (~UINT64_C(1))
enum { WIRE_COUNTS_MAX = 1024, WIRE_COUNTS_MAIN = 1 /* its name */ };

enum wire_answer_kind {
    WIRE_ANSWER_READY,   /* first of all */
    WIRE_ANSWER_THREADS, /* in its stead: the program has started threads before main, and cannot be forked */
    WIRE_ANSWER_BEGUN,   /* value: the process */
    WIRE_ANSWER_NOTES, /* if decisions were noted or followed; value: struct wire_notes' overflow, the list behind it */
    WIRE_ANSWER_ENDED, /* value: its status, as waitpid gives it; all its records have been sent. Perhaps once more */
    WIRE_ANSWER_KEPT,  /* the same, but its process is there for the next one, which does not begin */
    WIRE_ANSWER_FAILED, /* value: errno of fork */
};
struct wire_answer {
    uint32_t kind, number; /* of the schedule; before the first one 0 */
    int64_t value;
};

/* What a goroutine did, or what befell it. `task` and `other` are ids as the user sees them. */
enum wire_event_kind {
    WIRE_EVENT_CREATE = 1, /* task (0: nobody) starts other, whose function is value */
    WIRE_EVENT_NAME,       /* task is called by the 24 bytes of other, value and pc */
    WIRE_EVENT_END,
    WIRE_EVENT_RUN,        /* thread value runs task from here on */
    WIRE_EVENT_BLOCK,      /* task waits for the object other; once more for each further case of a select */
    WIRE_EVENT_READY,      /* it may run again */
    WIRE_EVENT_UNBLOCK,    /* it goes on */
    WIRE_EVENT_USE,        /* of a channel (other): which use, the next event of the task tells */
    WIRE_EVENT_SEND,       /* on the channel other */
    WIRE_EVENT_CLOSE,
    WIRE_EVENT_LOCK,       /* the lock other was taken; value 1: for reading */
    WIRE_EVENT_UNLOCK,     /* the same; a reader's tells nobody by that */
    WIRE_EVENT_ADD,        /* value (signed) was added to the WaitGroup other */
    WIRE_EVENT_WAIT,       /* a wait on the WaitGroup other begins */
    WIRE_EVENT_RELEASE,    /* task tells the clock other what it knows ... */
    WIRE_EVENT_ACQUIRE,    /* ... and hears it; both with an object: a call of POSIX's, on the object at value */
    WIRE_EVENT_EXCHANGE,   /* both */
    WIRE_EVENT_MEET,       /* task and other (whose epoch is value; 0: a thread) tell each other: an unbuffered channel */
    WIRE_EVENT_ATOMIC,     /* a C11 atomic operation on other, which value says; relaxed ones only if they store */
    WIRE_EVENT_ACCESS,     /* of other, which value says (enum det_access_kind); not in a trace */
};
/* Of WIRE_EVENT_ATOMIC: one of the first three, and what its order adds. */
enum wire_atomic {
    WIRE_ATOMIC_LOAD,
    WIRE_ATOMIC_STORE,
    WIRE_ATOMIC_CHANGE,
    WIRE_ATOMIC_HEARS = 4,
    WIRE_ATOMIC_TELLS = 8
};
struct wire_event {
    uint64_t ns; /* CLOCK_MONOTONIC */
    uint64_t task, other, value, pc;
    uint8_t kind;   /* enum wire_event_kind */
    uint8_t object; /* enum finding_object of other, where it is an object */
    uint8_t thread, other_thread; /* 1: task, or other where that is a task, is a thread, which has a number of its own */
    uint32_t epoch; /* of task, before it: an access of that epoch or a lower one came first */
};
_Static_assert(sizeof(struct wire_event) == 48, "the wire's event has no padding");

/* CRC-32C (Castagnoli), as RFC 3720 gives it; start with crc = 0. */
uint32_t wire_crc(uint32_t crc, const void *data, size_t n);

/* Builds one record in a caller's buffer; no allocation, safe in a dying process. */
struct wire_writer {
    uint8_t *buffer;
    size_t size, length;
    unsigned overflow; /* a field did not fit: the record must not be sent as it is */
};
void wire_begin(struct wire_writer *w, void *buffer, size_t size, enum wire_type type);
void wire_number(struct wire_writer *w, enum wire_tag tag, uint64_t v);
void wire_bytes(struct wire_writer *w, enum wire_tag tag, const void *data, size_t n);
void wire_append(struct wire_writer *w, const void *data, size_t n); /* bytes, to the nested thing that is open */
void wire_string(struct wire_writer *w, enum wire_tag tag, const char *s);
size_t wire_nest(struct wire_writer *w, enum wire_tag tag); /* gives a mark for wire_unnest */
void wire_unnest(struct wire_writer *w, size_t mark);
/* Completes header and checksum; returns the record's whole length, 0 on overflow. */
size_t wire_end(struct wire_writer *w, uint32_t pid, uint32_t sequence);

struct finding;
/* A finding as a record of that type; leaves out frames in the middle of its stacks until it fits. */
size_t wire_finding(void *buffer, size_t size, enum wire_type type, const struct finding *f, uint32_t pid, uint32_t sequence);

/* Walks fields. The reader copies nothing; `data` points into the payload. */
struct wire_reader {
    const uint8_t *at, *end;
};
struct wire_field {
    uint16_t tag;
    uint32_t length;
    const uint8_t *data;
};
/* 1: a field was read; 0: the end; -1: the payload is malformed. */
int wire_next(struct wire_reader *r, struct wire_field *f);
/* A reader of the fields inside a nested one. */
struct wire_reader wire_inside(const struct wire_field *f);
uint64_t wire_field_number(const struct wire_field *f); /* 0 if it is not 8 bytes long */
/* 0 if the header and payload are whole and right, else a static sentence that says what is wrong. */
const char *wire_check(const struct wire_header *h, const void *payload, size_t available);

#endif
