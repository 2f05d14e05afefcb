/* A picture of the process's memory at one moment, and work on it that holds nobody up: a child that the kernel makes by copying
 * page tables (fork), which does the work, leaves what came out in memory that both see, and is gone.
 *
 * The program sees nothing of it: no SIGCHLD, nothing for its wait(), no descriptor, no handler that runs twice. The child has
 * one thread, the caller's; it may hold any lock that another thread held, and so uses none but those of the caller's.
 *
 * Not in the picture: what is mapped as shared is as it is when the child looks; memory with MADV_DONTFORK is not there, and with
 * MADV_WIPEONFORK it is empty.
 *
 * Threads: one at a time for each snapshot. */
#ifndef GORO_INSTRUMENT_SNAPSHOT_H
#define GORO_INSTRUMENT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: there is none. */
struct snapshot {
    struct snapshot_shared *shared; /* NULL: there is no child */
    size_t bytes;
    int32_t child, parent;
};

enum snapshot_state { SNAPSHOT_NONE, SNAPSHOT_WORKS, SNAPSHOT_DONE, SNAPSHOT_FAILED };

/* May one be made? Not where a filter of system calls has come since the first time that this was asked: it may end who forks. */
bool snapshot_allowed(void);
/* Memory for what comes out, zeroed, of so many bytes. False: there is none. Before others are made to wait. */
bool snapshot_prepare(struct snapshot *s, size_t bytes);
/* Calls work(arg, that memory) in a child. False: it could not be made, and the memory is given back. */
bool snapshot_take(struct snapshot *s, void (*work)(void *arg, void *out), void *arg);
/* How far it is; until it has ended, or so many nanoseconds have passed. FAILED: the child has died, or forked is who asks. */
enum snapshot_state snapshot_wait(struct snapshot *s, int64_t ns);
/* What came out, once it is done; and the processor time that it took. */
const void *snapshot_result(const struct snapshot *s);
int64_t snapshot_used_ns(const struct snapshot *s);
/* Ends the child if it still works, and gives the memory back. */
void snapshot_drop(struct snapshot *s);

#endif
