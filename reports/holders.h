/* Who still holds the other end of the wire, when the program itself has ended.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_HOLDERS_H
#define GORO_REPORTS_HOLDERS_H

#include "reports/wire_read.h"

struct holders {
    uint64_t senders; /* have said hello and not goodbye, or run a program that has and so are about to */
    uint64_t
        strangers; /* anything else: a shell's background job, a daemon, or a program that has only just begun */
};

/* `inode` is that of the program's end of the socket. Reads /proc; what cannot be read there is not counted. */
struct holders holders_count(const struct wire_input *in, uint64_t inode);

#endif
