/* Reads the wire: checks records, knows the processes that send them and what each has loaded.
 *
 * Nothing that arrives is believed: a record with a wrong length or checksum is counted and dropped, unknown types
 * and fields are skipped, a gap in the sequence is counted as lost. Memory is bounded whatever is sent.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_WIRE_READ_H
#define GORO_REPORTS_WIRE_READ_H

#include "detector/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROCESSES_MAX = 16384, MODULES_MAX = 4096, BUILD_ID_MAX = 32 };

struct object; /* symbols.h: an ELF file */

/* A loaded object: run-time address = bias + the address in the ELF file. */
struct module {
    const char *path; /* kept string */
    uint64_t bias, low, high;
    uint8_t build_id[BUILD_ID_MAX];
    size_t build_id_length;
    bool gone;
    struct object *object; /* for symbols.c: NULL until it is asked for */
};

/* One process that sends. Lives as long as its wire_input. */
struct process {
    uint32_t pid, parent_pid;
    const char *program; /* kept string; NULL without a hello */
    uint64_t seed;
    bool seeded, hello, instrumented, goodbye;
    uint64_t goroutines, memory_bytes; /* as the goodbye says */
    uint32_t next_sequence;
    struct process *parent;   /* the sender that forked it, if known */
    struct process *older;    /* in wire_input.newest's list */
    struct process *same_pid; /* the next in wire_input's hash bucket */
    struct module *modules;
    size_t module_count, module_capacity;
};

struct wire_input {
    /* Called for each good record but module ones, the process already updated by it. */
    void (*record)(void *arg, struct process *p, unsigned type, struct wire_reader payload);
    void *arg;

    struct process *newest;
    size_t process_count;
    struct process *bucket[1024]; /* by pid */
    uint64_t damaged, lost;       /* records */
    uint64_t pictures;            /* of all goroutines, whole */
    const char *damage;           /* what was wrong with the first damaged one */

    /* of a byte stream: what has arrived of the next record */
    uint8_t *pending;
    size_t pending_length;
    bool broken; /* a byte stream is not trusted after its first bad record */
};

/* One packet: exactly one record. */
void wire_input_packet(struct wire_input *in, const void *data, size_t n);
/* The next bytes of a stream of records (a pipe, a file), cut anywhere. */
void wire_input_bytes(struct wire_input *in, const void *data, size_t n);
/* The byte stream has ended: what is pending is a torn record. */
void wire_input_end(struct wire_input *in);
void wire_input_free(struct wire_input *in);

/* The module that contains an address, the newest first; also those of the processes p was forked from. */
struct module *process_module(struct process *p, uint64_t address);

#endif
