/* Formatted and buffered input and output, and the conversions of <stdlib.h>: accesses of the user's buffers and strings.
 * A FILE itself has a lock of its own that orders nothing of the user's (docs/happens-before, "I/O"). */
#include "instrument/wrap.h"
#include "instrument/wrap_format.h"

#include <stdarg.h>

#define JUDGED(pc) uintptr_t pc = FRONT_HERE; bool judged = wrap_sees_accesses(pc)
#define READS(p, n) (judged ? wrap_reads(pc, p, n) : (void)0)
#define WRITES(p, n) (judged ? wrap_writes(pc, p, n) : (void)0)
#define READS_STRING(s) (judged ? wrap_reads(pc, s, REAL(strlen)(s) + 1) : (void)0)

/* -- blocks and lines ------------------------------------------------------------------------------------------------- */

size_t WRAP(fread)(void *p, size_t each, size_t count, FILE *f) {
    JUDGED(pc);
    wrap_remembers(pc);
    size_t got = REAL(fread)(p, each, count, f);
    WRITES(p, got * each);
    return got;
}
size_t WRAP(fwrite)(const void *p, size_t each, size_t count, FILE *f) {
    JUDGED(pc);
    READS(p, each * count);
    return REAL(fwrite)(p, each, count, f);
}
char *WRAP(fgets)(char *p, int n, FILE *f) {
    JUDGED(pc);
    wrap_remembers(pc);
    char *got = REAL(fgets)(p, n, f);
    if (got) WRITES(p, REAL(strlen)(p) + 1);
    return got;
}
int WRAP(fputs)(const char *s, FILE *f) {
    JUDGED(pc);
    READS_STRING(s);
    return REAL(fputs)(s, f);
}
int WRAP(puts)(const char *s) {
    JUDGED(pc);
    READS_STRING(s);
    return REAL(puts)(s);
}

#define LINE(name, ...)                                                                                                \
    JUDGED(pc);                                                                                                        \
    wrap_remembers(pc);                                                                                                \
    READS(line, sizeof *line);                                                                                         \
    READS(size, sizeof *size);                                                                                         \
    ssize_t n = REAL(name)(__VA_ARGS__);                                                                               \
    WRITES(line, sizeof *line);                                                                                        \
    WRITES(size, sizeof *size);                                                                                        \
    if (n >= 0) WRITES(*line, (size_t)n + 1);                                                                          \
    return n
ssize_t WRAP(getline)(char **line, size_t *size, FILE *f) { LINE(getline, line, size, f); }
ssize_t WRAP(getdelim)(char **line, size_t *size, int end, FILE *f) { LINE(getdelim, line, size, end, f); }

/* -- printf: the v forms do the work --------------------------------------------------------------------------------------- */

static void arguments(const char *format, va_list ap, uintptr_t pc) {
    va_list copy;
    va_copy(copy, ap);
    wrap_reads(pc, format, REAL(strlen)(format) + 1);
    wrap_format_arguments(format, copy, pc);
    va_end(copy);
}

#define FORMATTED(call)                                                                                          \
    JUDGED(pc);                                                                                                  \
    va_list ap;                                                                                                  \
    va_start(ap, format);                                                                                        \
    if (judged) arguments(format, ap, pc);                                                                       \
    int n = call;                                                                                                \
    va_end(ap)
int WRAP(printf)(const char *format, ...) {
    FORMATTED(REAL(vprintf)(format, ap));
    return n;
}
int WRAP(fprintf)(FILE *f, const char *format, ...) {
    FORMATTED(REAL(vfprintf)(f, format, ap));
    return n;
}
int WRAP(dprintf)(int fd, const char *format, ...) {
    FORMATTED(REAL(vdprintf)(fd, format, ap));
    return n;
}
int WRAP(sprintf)(char *to, const char *format, ...) {
    FORMATTED(REAL(vsprintf)(to, format, ap));
    if (n >= 0) WRITES(to, (size_t)n + 1);
    return n;
}
static size_t printed(int n, size_t size) { return n < 0 || !size ? 0 : (size_t)n < size ? (size_t)n + 1 : size; }
int WRAP(snprintf)(char *to, size_t size, const char *format, ...) {
    FORMATTED(REAL(vsnprintf)(to, size, format, ap));
    WRITES(to, printed(n, size));
    return n;
}
int WRAP(asprintf)(char **to, const char *format, ...) {
    FORMATTED(REAL(vasprintf)(to, format, ap));
    WRITES(to, sizeof *to);
    if (n >= 0) WRITES(*to, (size_t)n + 1);
    return n;
}

#define V_FORMATTED(call)                                                                                        \
    JUDGED(pc);                                                                                                  \
    if (judged) arguments(format, ap, pc);                                                                       \
    int n = call
int WRAP(vprintf)(const char *format, va_list ap) {
    V_FORMATTED(REAL(vprintf)(format, ap));
    return n;
}
int WRAP(vfprintf)(FILE *f, const char *format, va_list ap) {
    V_FORMATTED(REAL(vfprintf)(f, format, ap));
    return n;
}
int WRAP(vdprintf)(int fd, const char *format, va_list ap) {
    V_FORMATTED(REAL(vdprintf)(fd, format, ap));
    return n;
}
int WRAP(vsprintf)(char *to, const char *format, va_list ap) {
    V_FORMATTED(REAL(vsprintf)(to, format, ap));
    if (n >= 0) WRITES(to, (size_t)n + 1);
    return n;
}
int WRAP(vsnprintf)(char *to, size_t size, const char *format, va_list ap) {
    V_FORMATTED(REAL(vsnprintf)(to, size, format, ap));
    WRITES(to, printed(n, size));
    return n;
}
int WRAP(vasprintf)(char **to, const char *format, va_list ap) {
    V_FORMATTED(REAL(vasprintf)(to, format, ap));
    WRITES(to, sizeof *to);
    if (n >= 0) WRITES(*to, (size_t)n + 1);
    return n;
}

/* -- conversions, sorting ------------------------------------------------------------------------------------------------------ */

/* What a conversion reads ends with the first byte it cannot use. */
#define CONVERT(type, name, ...)                                                                                 \
    JUDGED(pc);                                                                                                  \
    char *stop;                                                                                                  \
    type v = REAL(name)(s, &stop, ##__VA_ARGS__);                                                                \
    READS(s, (size_t)(stop - s) + 1)
#define CONVERT_TO(type, name, ...)                                                                              \
    CONVERT(type, name, ##__VA_ARGS__);                                                                          \
    if (end) {                                                                                                   \
        WRITES(end, sizeof *end);                                                                                \
        *end = stop;                                                                                             \
    }                                                                                                            \
    return v
long WRAP(strtol)(const char *s, char **end, int base) { CONVERT_TO(long, strtol, base); }
unsigned long WRAP(strtoul)(const char *s, char **end, int base) { CONVERT_TO(unsigned long, strtoul, base); }
long long WRAP(strtoll)(const char *s, char **end, int base) { CONVERT_TO(long long, strtoll, base); }
unsigned long long WRAP(strtoull)(const char *s, char **end, int base) { CONVERT_TO(unsigned long long, strtoull, base); }
double WRAP(strtod)(const char *s, char **end) { CONVERT_TO(double, strtod); }
int WRAP(atoi)(const char *s) {
    CONVERT(long, strtol, 10);
    return (int)v;
}
long WRAP(atol)(const char *s) {
    CONVERT(long, strtol, 10);
    return v;
}
long long WRAP(atoll)(const char *s) {
    CONVERT(long long, strtoll, 10);
    return v;
}
double WRAP(atof)(const char *s) {
    CONVERT(double, strtod);
    return v;
}

/* The elements are moved by the library; what the comparison reads it tells itself. */
void WRAP(qsort)(void *base, size_t count, size_t each, int (*compare)(const void *, const void *)) {
    JUDGED(pc);
    if (count > 1) WRITES(base, count * each);
    REAL(qsort)(base, count, each, compare);
}
