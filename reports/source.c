/* Source lines for reports, and the expression an access names.
 *
 * Always true
 *  1. A file is read at most once, and at most FILE_MAX bytes of it are kept; a line is cut at LINE_MAX_SHOWN bytes.
 *
 * Not done: parsing C. The expression is found by growing from the column over names, ->, . and [ ], and given up at
 * anything else: no name is better than a wrong one. */
#include "reports/source.h"
#include "reports/memory.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, LINE_MAX_SHOWN = 1000 };

struct source {
    struct source *next;
    const char *path; /* kept string */
    const char **lines;
    size_t count, capacity;
};
static struct source *sources;

static char *read_file(const char *path, size_t *length) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char *data = NULL;

    *length = 0;
    if (fd < 0) return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        size_t size = st.st_size < FILE_MAX ? (size_t)st.st_size : FILE_MAX;
        data = memory_new(size + 1);
        while (*length < size) {
            ssize_t n = read(fd, data + *length, size - *length);
            if (n <= 0) break;
            *length += (size_t)n;
        }
    }
    close(fd);
    return data;
}

/* The kept bytes are the file's own, with ends of lines made NUL: they stay as long as the reporter does. */
static void split_lines(struct source *s, char *data, size_t length) {
    for (char *at = data, *end = data + length; at < end;) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        s->lines = memory_grow(s->lines, s->count, &s->capacity, sizeof *s->lines);
        s->lines[s->count++] = at;
        *stop = 0;
        if (stop > at && stop[-1] == '\r') stop[-1] = 0;
        if (stop - at > LINE_MAX_SHOWN) at[LINE_MAX_SHOWN] = 0;
        at = stop + 1;
    }
}

const char *source_line(const char *file, unsigned line) {
    struct source *s;
    size_t length;
    char *data;

    if (!file || !line) return NULL;
    file = intern(file);
    for (s = sources; s && s->path != file;) s = s->next;
    if (!s) {
        s = memory_new(sizeof *s);
        s->path = file;
        s->next = sources;
        sources = s;
        data = read_file(file, &length);
        if (data) split_lines(s, data, length);
    }
    return line <= s->count ? s->lines[line - 1] : NULL;
}

/* -- the object of an access ----------------------------------------------------------------------------------------- */

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* Start of the chain of names, ->, . and [ ] that ends in front of `end`. */
static size_t grow_left(const char *s, size_t end) {
    size_t at = end;

    for (;;) {
        if (at > 0 && s[at - 1] == ']') {
            int depth = 0;
            do {
                at--;
                depth += (s[at] == ']') - (s[at] == '[');
            } while (depth && at > 0);
            if (depth) return end;
            continue;
        }
        while (at > 0 && is_word(s[at - 1])) at--;
        if (at >= 2 && s[at - 1] == '>' && s[at - 2] == '-')
            at -= 2;
        else if (at >= 1 && s[at - 1] == '.')
            at -= 1;
        else
            return at;
    }
}

static size_t grow_right(const char *s, size_t at) {
    for (;;) {
        while (is_word(s[at])) at++;
        if (s[at] == '[') {
            int depth = 0;
            size_t from = at;
            do {
                depth += (s[at] == '[') - (s[at] == ']');
                at++;
            } while (depth && s[at]);
            if (depth) return from;
            continue;
        }
        if (s[at] == '-' && s[at + 1] == '>' && is_word(s[at + 2]))
            at += 2;
        else if (s[at] == '.' && is_word(s[at + 1]))
            at += 1;
        else
            return at;
    }
}

static size_t skip_left(const char *s, size_t at) {
    while (at > 0 && s[at - 1] == ' ') at--;
    return at;
}

static bool is_assignment(const char *s, size_t at) {
    size_t n = strcspn(s + at, "=");

    return n <= 2 && s[at + n] == '=' && s[at + n + 1] != '=' && strspn(s + at, "+-*/%&|^<>") >= n;
}

static char *checked(const char *s, size_t from, size_t to) {
    size_t first = from + (s[from] == '*');

    while (to > from && s[to - 1] == ' ') to--;
    if (to <= first || to - from > 60 || !(isalpha((unsigned char)s[first]) || s[first] == '_')) return NULL;
    if (s[to + strspn(s + to, " ")] == '(') return NULL; /* a function */
    return strndup(s + from, to - from);
}

char *source_object(const char *s, unsigned column, bool write) {
    size_t at = column - 1, from, to;

    if (!s || !column || at >= strlen(s)) return NULL;
    if (write && is_assignment(s, at)) {
        to = skip_left(s, at);
        from = grow_left(s, to);
        if (from > 0 && s[from - 1] == '*' && from < to) from--;
        return checked(s, from, to);
    }
    if ((s[at] == '+' || s[at] == '-') &&
        s[at + 1] == s[at]) { /* i++ has its column at the operator or at i */
        if (is_word(s[at + 2])) return checked(s, at + 2, grow_right(s, at + 2));
        to = skip_left(s, at);
        return checked(s, grow_left(s, to), to);
    }
    if (s[at] == '*' && is_word(s[at + 1])) return checked(s, at, grow_right(s, at + 1));
    if (s[at] == '-' && s[at + 1] == '>')
        to = grow_right(s, at + 2);
    else if (s[at] == '.' && is_word(s[at + 1]))
        to = grow_right(s, at + 1);
    else if (s[at] == '[' || is_word(s[at]))
        to = grow_right(s, at);
    else
        return NULL;
    from = grow_left(s, at);
    if (from == at && !is_word(s[at])) return NULL;
    return checked(s, from, to);
}

char *source_argument(const char *s, unsigned column) {
    size_t at = column - 1, word = at, from, to;
    bool by_address;

    if (!s || !column || at >= strlen(s) || !is_word(s[at])) return NULL;
    while (is_word(s[at])) at++;
    if (s[at] != '(') return NULL;
    at++;
    if (!strncmp(s + word, "chan_range(", 11)) { /* the channel is its second */
        at += strcspn(s + at, ",");
        if (!s[at++]) return NULL;
    }
    from = at + strspn(s + at, " ");
    by_address = s[from] == '&';
    from += by_address;
    to = grow_right(s, from);
    if (s[to] != ')' && s[to] != ',') return NULL;
    return checked(s, from, to);
}
