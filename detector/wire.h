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
 *   halt=1      end at the first finding that is an error   max=N    at most N findings (0: no limit)
 *   exitcode=N  status of a program that ran without goro-race and has findings (66; 0: its own)
 *   report=0    start no reporter   verbose=1   say what is going on
 * Unknown names are ignored, so that an older library runs under a newer goro-race. */
#define WIRE_ENV_FD "GORO_RACE_FD"
#define WIRE_ENV_FILE "GORO_RACE_FILE"
#define WIRE_ENV_OPTIONS "GORO_RACE_OPTIONS"

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
    WIRE_WITHDRAW,  /* number of a finding that turned out wrong (a goroutine that woke after all) */
    WIRE_DEGRADED,  /* text: what was given up */
    WIRE_GOODBYE,   /* statistics; its absence means that the process was killed */
    WIRE_TEXT,      /* a line for the user that is no finding (verbose mode, notices) */
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
    /* inside an access */
    WIRE_KIND = 96, WIRE_ADDRESS, WIRE_SIZE, WIRE_TASK_INDEX, WIRE_STACK, WIRE_OMITTED, WIRE_LOCK, WIRE_READ,
    WIRE_TAKEN_STACK,
    /* inside a task */
    WIRE_ID = 128, WIRE_STATE, WIRE_PARENT_ID, WIRE_NAME, WIRE_ENTRY, WIRE_CREATED_STACK, WIRE_HEARD,
    /* text, degraded */
    WIRE_MESSAGE = 160,
};

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
void wire_string(struct wire_writer *w, enum wire_tag tag, const char *s);
size_t wire_nest(struct wire_writer *w, enum wire_tag tag); /* gives a mark for wire_unnest */
void wire_unnest(struct wire_writer *w, size_t mark);
/* Completes header and checksum; returns the record's whole length, 0 on overflow. */
size_t wire_end(struct wire_writer *w, uint32_t pid, uint32_t sequence);

struct finding;
/* A finding as a record; leaves out frames in the middle of its stacks until it fits. */
size_t wire_finding(void *buffer, size_t size, const struct finding *f, uint32_t pid, uint32_t sequence);

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
