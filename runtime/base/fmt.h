/* Malloc-free, lock-free formatting into a fixed buffer, for code that runs inside somebody else's malloc,
 * in a signal handler or in a dying process.
 *
 * Understands %s %c %d %u %x %p %% with l, ll and z lengths, field width and zero padding; nothing else.
 * Output that does not fit is cut; the result always ends in NUL. */
#ifndef GORO_BASE_FMT_H
#define GORO_BASE_FMT_H

#include "runtime/base/base.h"
#include <stdarg.h>

struct fmt {
    char *buffer;
    size_t size, length; /* length never counts the final NUL */
    bool cut;
};

void fmt_init(struct fmt *f, char *buffer, size_t size);
void fmt_print(struct fmt *f, const char *format, ...) GORO_PRINTF(2, 3);
void fmt_vprint(struct fmt *f, const char *format, va_list ap);

/* Formats (at most 1,024 bytes) and writes to a descriptor with write(2), keeping errno. */
void fmt_fd(int fd, const char *format, ...) GORO_PRINTF(2, 3);

/* write(2) until all is written; false on an error other than EINTR. Keeps nothing of errno. */
bool write_all(int fd, const void *data, size_t n);

#endif
