/* Malloc-free formatting. Always true: buffer[length] is NUL, and length < size. */
#include "runtime/base/fmt.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void fmt_init(struct fmt *f, char *buffer, size_t size) {
    goro_assert(size > 0);
    *f = (struct fmt){.buffer = buffer, .size = size};
    buffer[0] = 0;
}

static void put_char(struct fmt *f, char c) {
    if (f->length + 1 >= f->size) {
        f->cut = true;
        return;
    }
    f->buffer[f->length++] = c;
    f->buffer[f->length] = 0;
}

static void put_padded(struct fmt *f, const char *s, size_t n, int width, char pad) {
    for (int i = (int)n; i < width; i++) put_char(f, pad);
    for (size_t i = 0; i < n; i++) put_char(f, s[i]);
}

static void put_number(struct fmt *f, uint64_t v, unsigned base, bool negative, int width, char pad) {
    char digits[24];
    size_t n = sizeof digits;
    do digits[--n] = "0123456789abcdef"[v % base];
    while ((v /= base) != 0);
    if (negative) digits[--n] = '-';
    put_padded(f, digits + n, sizeof digits - n, width, pad);
}

struct spec {
    int width, longs;
    char pad, kind;
};

static const char *parse_spec(const char *p, struct spec *s) {
    *s = (struct spec){.pad = ' '};
    if (*p == '0') s->pad = '0', p++;
    while (*p >= '0' && *p <= '9') s->width = s->width * 10 + (*p++ - '0');
    while (*p == 'l' || *p == 'z') s->longs++, p++;
    s->kind = *p;
    return *p ? p + 1 : p;
}

void fmt_vprint(struct fmt *f, const char *p, va_list ap) {
    while (*p) {
        if (*p != '%') {
            put_char(f, *p++);
            continue;
        }
        struct spec s;
        p = parse_spec(p + 1, &s);
        switch (s.kind) {
        case 's': {
            const char *text = va_arg(ap, const char *);
            if (!text) text = "(null)";
            put_padded(f, text, strlen(text), s.width, ' ');
            break;
        }
        case 'c': put_char(f, (char)va_arg(ap, int)); break;
        case 'd': {
            int64_t v = s.longs ? va_arg(ap, int64_t) : va_arg(ap, int);
            put_number(f, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0, s.width, s.pad);
            break;
        }
        case 'u': put_number(f, s.longs ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 10, false, s.width, s.pad); break;
        case 'x': put_number(f, s.longs ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 16, false, s.width, s.pad); break;
        case 'p':
            put_char(f, '0');
            put_char(f, 'x');
            put_number(f, (uintptr_t)va_arg(ap, void *), 16, false, s.width, '0');
            break;
        case '%': put_char(f, '%'); break;
        default: internal_error(__FILE__, __LINE__, "unknown conversion in a format");
        }
    }
}

void fmt_print(struct fmt *f, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    fmt_vprint(f, format, ap);
    va_end(ap);
}

bool write_all(int fd, const void *data, size_t n) {
    const char *p = data;
    while (n > 0) {
        ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR) continue;
        if (w <= 0) return false;
        p += w;
        n -= (size_t)w;
    }
    return true;
}

void fmt_fd(int fd, const char *format, ...) {
    int saved = errno;
    char buffer[1024];
    struct fmt f;
    fmt_init(&f, buffer, sizeof buffer);
    va_list ap;
    va_start(ap, format);
    fmt_vprint(&f, format, ap);
    va_end(ap);
    write_all(fd, buffer, f.length);
    errno = saved;
}
