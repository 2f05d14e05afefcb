/* Where records go: a socket inherited from goro-race, a file, a reporter that we start, or raw lines on stderr. */
#ifndef GORO_INSTRUMENT_WIRE_CHANNEL_H
#define GORO_INSTRUMENT_WIRE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

enum channel_kind {
    CHANNEL_CLOSED,   /* nothing was asked for: decided at the first finding */
    CHANNEL_SOCKET,   /* of goro-race */
    CHANNEL_FILE,
    CHANNEL_REPORTER, /* a goro-race that we have started */
    CHANNEL_RAW,      /* no goro-race to be found */
};

/* Takes what the environment names, out of the program's way. */
enum channel_kind channel_open(void);
/* With nothing in the environment: starts the reporter; CHANNEL_RAW if there is none. */
enum channel_kind channel_start_reporter(void);
/* One whole record. Restarts after signals; false if nobody listens any more. */
bool channel_send(const void *record, size_t n);
/* After the last record, to a reporter of our own: waits until it has finished. */
void channel_wait(void);
int channel_descriptor(void); /* -1: none */
void channel_move(void);      /* to another number */

#endif
