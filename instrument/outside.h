/* Calls whose outcome nobody here decides: recorded, or fed back (journal.h).
 *
 * Regular files are what they were, and are read as ever. In a replay nothing is sent and nobody is called: pipes, sockets
 * and terminals give what they gave, and take what is written without passing it on; descriptors 0 to 2 are written to. */
#ifndef GORO_INSTRUMENT_OUTSIDE_H
#define GORO_INSTRUMENT_OUTSIDE_H

#include "instrument/journal.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Is a transfer by this descriptor, called now, one for the journal? */
bool outside_is(int fd);
/* In their stead, if so. parts: where to, or from. */
ssize_t outside_read(int fd, const struct iovec *parts, size_t count, uintptr_t pc);
ssize_t outside_receive(int fd, struct msghdr *m, int flags, uintptr_t pc);
ssize_t outside_write(int fd, const struct iovec *parts, size_t count, uintptr_t pc);
ssize_t outside_send(int fd, const struct msghdr *m, int flags, uintptr_t pc);
/* A descriptor that a replay's accept gives leads nowhere. */
int outside_accept(int fd, struct sockaddr *address, socklen_t *length, int flags, uintptr_t pc);
int outside_connect(int fd, const struct sockaddr *address, socklen_t n, uintptr_t pc);
int outside_shutdown(int fd, int how, uintptr_t pc);
/* Standard input, as stdio reads it, goes by outside_read from here on. Before main. */
void outside_standard_input(void);

#endif
