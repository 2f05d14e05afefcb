/* A schedule's process that is used again: when its schedule has ended its memory is made what it was before, and it runs the
 * next one. That costs the pages that schedules write, without a fault for each; a fork costs many times as much.
 *
 * Memory is put back, with its mappings; descriptors that were opened are closed. So it is done only where nothing else has
 * changed: each system call that is not goro's own is seen (syscall user dispatch, Linux 5.11), and from the first on that leaves
 * something behind (a thread, a child, a handler of a signal) the process is like any other: none are seen any more, and it
 * ends when its schedule does.
 *
 * Threads: the main one, alone. */
#ifndef GORO_INSTRUMENT_KEEP_H
#define GORO_INSTRUMENT_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keep_use {
    /* A schedule has ended with this status, as waitpid gives it. False: there is none for this process to go on with, and it
     * ends. Memory is as the schedule has left it: only what is shared may be relied on, or changed. */
    bool (*next)(void *shared, int status);
    void *shared; /* memory that is, with others: it stays as it is */
    size_t shared_bytes;
    int fd; /* which the program is not to see: closed when the process is like any other */
};

#if defined(__x86_64__)
/* Before main. Returns true at once, and again after each call of `next` that was. False, once: not here. */
bool keep_begin(const struct keep_use *use);

/* Between these two the calls are goro's own. They leave nothing behind; signals may be blocked. */
uint8_t keep_pause(void);
void keep_resume(uint8_t before);
/* Something has been done that is not put back. */
void keep_end(void);
#else /* the kernel shows calls on this machine only */
static inline bool keep_begin(const struct keep_use *use) { return (void)use, false; }
static inline uint8_t keep_pause(void) { return 0; }
static inline void keep_resume(uint8_t before) { (void)before; }
static inline void keep_end(void) {}
#endif

#endif
