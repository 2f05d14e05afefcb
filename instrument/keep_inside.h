/* What keep.c, keep_calls.c and keep_memory.c share. All of it lies in memory that is not put back. */
#ifndef GORO_INSTRUMENT_KEEP_INSIDE_H
#define GORO_INSTRUMENT_KEEP_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEEP_PAGE = 4096 };

/* A system call that is not seen, and sets no errno. */
long keep_call(long number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e, uintptr_t f)
    __attribute__((visibility("hidden")));

/* -- keep_memory.c: what memory was, and what of it has been written since --------------------------------------- */

struct keep_run { /* of pages */
    uintptr_t at;
    size_t bytes;
    const char *from; /* their copy; NULL: they were empty */
};

enum { KEEP_RUNS = 4096, KEEP_REGIONS = 512, KEEP_TEXT = 1 << 16 };

struct keep_span {
    uintptr_t low, high;
};

struct keep_memory {
    struct keep_span own[2]; /* what is not put back: where this lies, what is shared */
    int pagemap;
    bool looked;
    uint64_t faults;                /* when it was looked at what is written */
    uintptr_t skipped, skipped_end; /* which the kernel writes at any time */
    char *copies;
    size_t copied_bytes;
    size_t saved_count, written_count;
    struct keep_run saved[KEEP_RUNS]; /* in the order of addresses */
    struct keep_run written[KEEP_RUNS];
    struct keep_region {
        uint64_t low, high, kind; /* struct page_region of the kernel's */
    } regions[KEEP_REGIONS];
    uint64_t entries[KEEP_REGIONS];
    char text[KEEP_TEXT];
};

/* Copies what is to be put back, all but `own`; on a stack of its own. False: there is memory that cannot be, or too much. */
bool keep_memory_save(struct keep_memory *m);
/* Finds what has been written since. False: too much. */
bool keep_memory_look(struct keep_memory *m);
void keep_memory_restore(const struct keep_memory *m);
void keep_memory_close(struct keep_memory *m);

/* -- keep_descriptors.c: those that the schedule opens -------------------------------------------------------------- */

enum { KEEP_DESCRIPTORS = 512 };

struct keep_descriptors {
    uint64_t own[KEEP_DESCRIPTORS / 64]; /* a bit each */
};

bool keep_is_own(const struct keep_descriptors *d, uintptr_t fd);
/* Is it a call about them that is made at once, and undone when they are closed? */
bool keep_descriptors_may(const struct keep_descriptors *d, long number, const uintptr_t *arguments);
/* It has been made. False: it made one that cannot be noted, and is as if it had not been. */
bool keep_descriptors_note(struct keep_descriptors *d, long number, const uintptr_t *arguments, long result);
void keep_descriptors_close(struct keep_descriptors *d);

/* -- keep_calls.c: the system calls that leave nothing behind ----------------------------------------------------- */

enum { KEEP_MAPPINGS = 64 };

struct keep_calls {
    struct keep_descriptors descriptors;
    uintptr_t heap_end;
    bool heap_moved;
    bool changed;  /* what is mapped was given other rights, say, or back */
    bool unmapped; /* something that was left */
    struct keep_span mapped[KEEP_MAPPINGS];
    unsigned mapped_count, left_count;
};

void keep_calls_begin(struct keep_calls *c);
/* Makes the call if it leaves nothing that keep_calls_undo or keep_memory_restore does not put back. False: it was not made. */
bool keep_calls_make(struct keep_calls *c, long number, const uintptr_t *arguments, long *result);
/* True: there is less memory than there was when it was looked at last what is written. */
bool keep_calls_undo(struct keep_calls *c);

#endif
