/* The journal of what came from outside: written with record=N (goro-race --record), read back with replay=N (--replay).
 *
 * The scheduler's choices are not in it: they come from the seed, and are the same as long as the program's input is. A
 * call whose outcome nobody here decides (a read, a clock, a random number) is an entry, in the order of the calls; in a
 * replay the entries are handed out in that order in place of the calls. Each names who made it, what it was and how many
 * choices had been drawn by then: what does not fit is a divergence, which is told and ends the program.
 *
 * The form: the wire's records (detector/wire.h), one an entry, each written whole by one write. A file that ends in the
 * middle of a record is read up to there.
 *
 * Threads: any. An entry of a goroutine waits for none; those of threads are taken in the order in which they were written. */
#ifndef GORO_INSTRUMENT_JOURNAL_H
#define GORO_INSTRUMENT_JOURNAL_H

#include "instrument/front.h"
#include "detector/wire.h"

#include <sys/uio.h>

/* Something is recorded, or replayed. */
extern GORO_HIDDEN bool journal_on, journal_replays;

enum { JOURNAL_OUT_MAX = 4, JOURNAL_DATA_MAX = 64 * 1024 };

struct journal_call {
    enum wire_journal_kind kind;
    uint32_t argument;                 /* a descriptor, a clock: what else must be the same; 0: nothing */
    uintptr_t pc;                      /* of the call */
    int64_t result;                    /* as the call returns it */
    int error;                         /* errno, if that is -1 */
    struct iovec out[JOURNAL_OUT_MAX]; /* what the call stores besides */
    unsigned outs;
    bool by_result; /* of the last one only as much as the result says */
};

void journal_start(void);
/* In the child of a fork, which has no journal. */
void journal_forked(void);
/* Whether a call made now belongs to the program. */
bool journal_wants(void);
/* In a replay: fills in what the journal has, true. Else false: the caller does it, and then calls journal_note. */
bool journal_take(struct journal_call *c);
/* In a replay: waits until the call would be the next. For one that is made in any case, and taken afterwards. */
void journal_turn(const struct journal_call *c);
void journal_note(const struct journal_call *c);

/* The scheduler's: n bytes of what its poller found, on no goroutine. Nothing is a call that costs nothing. A replay's answer
 * is at most `size` bytes. */
void journal_note_found(enum wire_journal_kind kind, const void *data, size_t n);
size_t journal_take_found(enum wire_journal_kind kind, void *data, size_t size);

/* At a switch point, in a replay: the signal whose handler ran here, 0 if none did. `info` is 128 bytes of siginfo. */
int journal_take_signal(void *info);
void journal_note_signal(int sig, const void *info);

/* The program ends: writes the last entry, or tells what of the journal is left. */
void journal_end(void);

#endif
