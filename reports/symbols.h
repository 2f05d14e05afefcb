/* From addresses to names: functions with file, line and column, inlined calls expanded; variables down to the field.
 *
 * Each ELF file is opened and indexed once, whatever number of processes has it loaded; every answer is remembered.
 * Debug information may be in the file, in a separate one (build id, debuglink) or missing: the answer then says as
 * much as is known. A file that is not the one that ran (another build id) is not believed.
 *
 * Threads: none. Strings in the answers are kept for good (memory.h, intern). */
#ifndef GORO_REPORTS_SYMBOLS_H
#define GORO_REPORTS_SYMBOLS_H

#include "reports/wire_read.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    const char *function;   /* NULL: unknown */
    const char *file;       /* absolute if the debug information tells; NULL: unknown */
    unsigned line, column;  /* 0: unknown */
    unsigned function_line; /* where the function is declared: 0 unknown */
    bool inlined;           /* its code lies inside the next frame's */
    bool ours;              /* of the runtime or the C start-up code: not shown to a user */
    const char *module;     /* path of the ELF file; NULL: no module has this address, as of code made at run time */
    uint64_t offset;        /* the address, as the ELF file counts */
    uint64_t pc;
};

/* What stands in place of a module's path. */
#define ANONYMOUS_MODULE "[anonymous]"

/* A stack, innermost frame first. frames is kept by its owner and freed with free(). */
struct stack {
    struct frame *frames;
    size_t count;
    uint64_t omitted;  /* addresses left out by the sender ... */
    size_t omitted_at; /* ... in front of this frame */
};

/* A variable that has static storage. */
struct variable {
    const char *name;     /* with the path inside: "table[3].next" */
    const char *whole;    /* "table" */
    const char *type;     /* of what was named; NULL unknown */
    const char *function; /* of a local; NULL for others */
    const char *file;
    unsigned line;
    uint64_t offset, size; /* where in the whole variable the address is, and how large that is */
};

/* The frames at n run-time addresses, each a return address (the byte behind the call or access). `omitted` addresses
 * are missing behind the first (n + 1) / 2. */
struct stack symbols_stack(struct process *p, const uint64_t *pcs, size_t n, uint64_t omitted);
/* A place in the frame [low, high) of a call. */
struct frame_place {
    uint64_t address, size, low, high;
};
/* The local variable that lay there when the call went on, or returned, at pc. False: not told. */
bool symbols_local(struct process *p, uint64_t pc, const struct frame_place *at, struct variable *out);
/* The function that starts at this very address. */
struct frame symbols_function(struct process *p, uint64_t entry);
/* The variable with static storage that contains [address, address + size); false if none is known. */
bool symbols_variable(struct process *p, uint64_t address, uint64_t size, struct variable *out);

/* Why a frame of this module has no line, in one sentence without a full stop; NULL if the module is unknown. */
const char *symbols_trouble(const char *module_path);

void symbols_free(void);

#endif
