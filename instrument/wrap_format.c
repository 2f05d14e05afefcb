/* Walks a printf format beside its arguments. */
#include "instrument/wrap_format.h"
#include "instrument/wrap.h"

#include <stddef.h>
#include <wchar.h>

enum length { LENGTH_INT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_MAX, LENGTH_SIZE, LENGTH_DIFFERENCE, LENGTH_LONG_DOUBLE };

struct directive {
    const char *at; /* behind what was read */
    bool bad;
    int precision; /* -1: none */
    enum length length;
};

static int read_count(struct directive *d, va_list *ap) {
    int n = 0;
    if (*d->at == '*') {
        d->at++;
        return va_arg(*ap, int);
    }
    while (*d->at >= '0' && *d->at <= '9') n = n * 10 + (*d->at++ - '0');
    if (*d->at == '$') d->bad = true;
    return n;
}

static void read_length(struct directive *d) {
    switch (*d->at) {
    case 'h': d->at += d->at[1] == 'h' ? 2 : 1; return;
    case 'l':
        d->length = d->at[1] == 'l' ? LENGTH_LONG_LONG : LENGTH_LONG;
        d->at += d->at[1] == 'l' ? 2 : 1;
        return;
    case 'q': d->length = LENGTH_LONG_LONG; break;
    case 'j': d->length = LENGTH_MAX; break;
    case 'z': d->length = LENGTH_SIZE; break;
    case 't': d->length = LENGTH_DIFFERENCE; break;
    case 'L': d->length = LENGTH_LONG_DOUBLE; break;
    default: return;
    }
    d->at++;
}

static void skip_integer(enum length length, va_list *ap) {
    switch (length) {
    case LENGTH_INT: (void)va_arg(*ap, int); break;
    case LENGTH_LONG: (void)va_arg(*ap, long); break;
    case LENGTH_MAX: (void)va_arg(*ap, intmax_t); break;
    case LENGTH_SIZE: (void)va_arg(*ap, size_t); break;
    case LENGTH_DIFFERENCE: (void)va_arg(*ap, ptrdiff_t); break;
    case LENGTH_LONG_LONG:
    case LENGTH_LONG_DOUBLE: (void)va_arg(*ap, long long); break;
    }
}

static void string_argument(const struct directive *d, const char *s, uintptr_t pc) {
    if (!s) return; /* printed as (null) */
    size_t limit = d->precision >= 0 ? (size_t)d->precision : SIZE_MAX;
    size_t n = REAL(strnlen)(s, limit);
    wrap_reads(pc, s, n < limit ? n + 1 : n);
}

static void wide_argument(const struct directive *d, const wchar_t *s, uintptr_t pc) {
    if (s && d->precision < 0) wrap_reads(pc, s, (wcslen(s) + 1) * sizeof *s);
}

/* Where the directive behind a % ends; bad if it is not understood. */
static void take_directive(struct directive *d, va_list *ap, uintptr_t pc) {
    while (*d->at && REAL(strchr)("-+ #0'I", *d->at)) d->at++;
    read_count(d, ap);
    if (*d->at == '.') {
        d->at++;
        d->precision = read_count(d, ap);
    }
    read_length(d);
    if (d->bad) return;
    switch (*d->at++) {
    case '%': case 'm': break;
    case 'd': case 'i': case 'o': case 'u': case 'x': case 'X': case 'b': case 'B': skip_integer(d->length, ap); break;
    case 'c': case 'C': (void)va_arg(*ap, int); break;
    case 'a': case 'A': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        if (d->length == LENGTH_LONG_DOUBLE) (void)va_arg(*ap, long double);
        else (void)va_arg(*ap, double);
        break;
    case 's':
        if (d->length == LENGTH_LONG) wide_argument(d, va_arg(*ap, wchar_t *), pc);
        else string_argument(d, va_arg(*ap, char *), pc);
        break;
    case 'S': wide_argument(d, va_arg(*ap, wchar_t *), pc); break;
    case 'p': (void)va_arg(*ap, void *); break;
    case 'n': wrap_writes(pc, va_arg(*ap, int *), sizeof(int)); break;
    default: d->bad = true;
    }
}

void wrap_format_arguments(const char *format, va_list ap, uintptr_t pc) {
    va_list own;
    va_copy(own, ap);
    struct directive d = {.at = format};
    while (!d.bad && *d.at) {
        if (*d.at++ != '%') continue;
        d.precision = -1;
        d.length = LENGTH_INT;
        take_directive(&d, &own, pc);
    }
    va_end(own);
}
