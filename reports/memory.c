/* Allocation, growing texts, kept strings, messages.
 *
 * Always true
 *  1. text.data[length] is NUL whenever data is not NULL.
 *  2. What text_shown puts contains no byte below 0x20, no 0x7f, and is valid UTF-8 without C1 or bidirectional
 *     controls, whatever it was given. */
#include "reports/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

void complain(const char *format, ...) {
    struct text t = {0};
    va_list ap;
    char line[4096];

    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    text_put(&t, "goro-race: ");
    for (char *at = line, *end; at; at = end) { /* the message may have lines; what is in them may not */
        end = strchr(at, '\n');
        if (end) *end++ = 0;
        text_shown(&t, at, sizeof line);
        text_char(&t, '\n');
    }
    /* one write, so that lines of the program do not come in between */
    if (write(STDERR_FILENO, t.data, t.length) < 0) { /* nobody left to tell */
    }
    text_free(&t);
}

void give_up(int status, const char *format, ...) {
    char line[4096];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    complain("%s", line);
    exit(status);
}

static _Noreturn void no_memory(size_t n) {
    char line[96];
    int length = snprintf(line, sizeof line, "goro-race: no memory left (asked for %zu bytes)\n", n);

    if (write(STDERR_FILENO, line, (size_t)length) < 0) { /* nobody left to tell */
    }
    _exit(EXIT_MISUSE);
}

void *memory_resize(void *p, size_t n) {
    void *q = realloc(p, n ? n : 1);

    if (!q) no_memory(n);
    return q;
}

void *memory_new(size_t n) {
    return memset(memory_resize(NULL, n), 0, n);
}

char *memory_string(const char *s) {
    size_t n = strlen(s) + 1;

    return memcpy(memory_resize(NULL, n), s, n);
}

void *memory_grow(void *array, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return array;
    *capacity = *capacity ? *capacity * 2 : 8;
    return memory_resize(array, *capacity * size);
}

/* -- kept strings ------------------------------------------------------------------------------------------------ */

struct kept {
    UT_hash_handle hh;
    char string[];
};
static struct kept *all_kept;

const char *intern_n(const char *s, size_t n) {
    struct kept *k;

    HASH_FIND(hh, all_kept, s, n, k);
    if (k) return k->string;
    k = memory_new(sizeof *k + n + 1);
    memcpy(k->string, s, n);
    HASH_ADD_KEYPTR(hh, all_kept, k->string, n, k);
    return k->string;
}

const char *intern(const char *s) {
    return s ? intern_n(s, strlen(s)) : NULL;
}

const char *path_last(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path;
}

/* -- texts --------------------------------------------------------------------------------------------------------- */

static void make_room(struct text *t, size_t n) {
    if (t->length + n + 1 <= t->size) return;
    t->size = (t->length + n + 1) * 2;
    t->data = memory_resize(t->data, t->size);
}

void text_put_n(struct text *t, const char *s, size_t n) {
    make_room(t, n);
    memcpy(t->data + t->length, s, n);
    t->length += n;
    t->data[t->length] = 0;
}

void text_put(struct text *t, const char *s) {
    text_put_n(t, s, strlen(s));
}
void text_char(struct text *t, char c) {
    text_put_n(t, &c, 1);
}

void text_fill(struct text *t, char c, int n) {
    for (; n > 0; n--) text_char(t, c);
}

void text_print(struct text *t, const char *format, ...) {
    va_list ap, again;

    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (n > 0) {
        make_room(t, (size_t)n);
        vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
        t->length += (size_t)n;
    }
    va_end(again);
}

void text_word(struct text *t, const char *word) {
    if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%^") ==
                     strlen(word)) {
        text_put(t, word);
        return;
    }
    text_char(t, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            text_put(t, "'\\''");
        else
            text_char(t, *word);
    }
    text_char(t, '\'');
}

void text_free(struct text *t) {
    free(t->data);
    *t = (struct text){0};
}

/* Length of the valid UTF-8 sequence at s and its code point; 0 if there is none. */
static size_t read_utf8(const unsigned char *s, uint32_t *point) {
    static const uint32_t lowest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80                   ? 1
               : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                             : 0;

    if (n == 0) return 0;
    *point = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        *point = *point << 6 | (s[i] & 0x3fu);
    }
    return *point < lowest[n] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000) ? 0 : n;
}

static bool is_harmful(uint32_t point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

size_t text_shown(struct text *t, const char *s, size_t limit) {
    size_t columns = 0;

    if (!s) return 0;
    for (const unsigned char *at = (const unsigned char *)s; *at;) {
        uint32_t point = 0;
        size_t n = read_utf8(at, &point);
        char escaped[16];
        const char *put = (const char *)at;
        size_t length = n, width = 1;

        if (n == 0 || is_harmful(point)) {
            length = width = (size_t)snprintf(escaped, sizeof escaped, n <= 1 ? "\\x%02x" : "\\u{%x}",
                                              n ? (unsigned)point : *at);
            put = escaped;
        }
        if (columns + width > limit) {
            text_put(t, "...");
            return columns + 3;
        }
        text_put_n(t, put, length);
        columns += width;
        at += n ? n : 1;
    }
    return columns;
}
