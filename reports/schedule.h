/* The schedules that were run: what each has sent and how it ended, reported in the order of their seeds.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_SCHEDULE_H
#define GORO_REPORTS_SCHEDULE_H

#include "reports/memory.h"
#include "reports/options.h"
#include "detector/wire.h"

struct schedule {
    struct schedule *next;
    uint64_t number; /* its seed, less the first one's */
    struct wire_schedule asked;
    bool is_probe, finished;
    int status; /* as waitpid gives it */
    bool hung;  /* it was ended since it took too long */
    bool cut;   /* it was ended since all is to end: not counted */

    uint8_t *records; /* packets, each behind its length */
    size_t length, size;
    bool says_something; /* among them is more than hello and goodbye */
    uint64_t steps, hash;
    /* of one that is run twice (twice.h) */
    uint64_t footprint, events; /* what it did, as the wire has it; 0 events: it did not come to tell */
    struct text output;         /* what it wrote to its standard output, or the beginning of that */
    struct schedule *again;     /* its second run; owned */
    struct schedule *of;        /* whose second run it is */
    bool lost;                  /* its worker died with it */
    uint16_t *marks; /* instructions that it has found to be choices */
    size_t mark_count;
    uint64_t *counts; /* words of wire.h, for surw; of a probe */
    size_t count_count;
    /* of a systematic search (dfs.h) */
    struct dfs_order_made *order;
    uint64_t *choices; /* words of wire.h */
    size_t choice_count;
    bool complete;
    bool redundant; /* it ended where it became one that has been run: reported, not counted */
    bool unwanted;  /* neither reported nor counted */
};

extern struct schedules {
    uint64_t done;                   /* counted: not the probe, and nothing that is unwanted or redundant */
    uint64_t taken;                  /* with those */
    bool halted;                     /* --halt-on-error, and there is a finding that fails the run */
    int first_status;                /* the first that is not 0 */
    const struct schedule *reported; /* whose records are being reported */
} schedules;

void schedules_begin(const struct options *o, uint64_t seed);
/* `taken` is called with each that has ended, in the order of seeds, before it is reported and counted. */
void schedules_watch(void (*taken)(struct schedule *s));
/* Those behind s are not wanted any more. */
void schedules_drop_behind(struct schedule *s);
struct schedule *schedule_new(uint64_t number);
struct schedule *schedule_new_probe(void);
/* Another run of s, which is not reported nor counted. */
struct schedule *schedule_new_again(struct schedule *s);
/* Frees what it has, not itself. */
void schedule_drop(struct schedule *s);
/* A record has arrived. */
void schedule_take(struct schedule *s, const void *packet, size_t n);
struct wire_input;
/* Reports what they say. */
void schedule_report(const struct schedule *s);
/* Gives all its records to `in`. */
void schedule_read(const struct schedule *s, struct wire_input *in);
/* Are these the same findings, to the byte? */
bool schedule_same_findings(const struct schedule *a, const struct schedule *b);
/* It has ended, and so has its second run if there is one: it is reported as soon as those before it are. */
void schedule_done(struct schedule *s);
/* Reports what is left, also behind a gap. */
void schedules_end(void);
/* The probability that the schedule of another seed would be none of those that were run; below 0: it cannot be told. */
double schedules_unseen(void);
/* What was done, in a line or two. */
void schedules_tell(enum wire_strategy strategy, uint32_t depth, uint64_t steps, int64_t ms, unsigned workers);

#endif
