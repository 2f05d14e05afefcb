/* Memory of the reporter: allocation that cannot fail, a text that grows, and strings that are kept once.
 *
 * goro-race is a process of its own, so plain malloc serves. Without memory it can do nothing useful: the functions
 * here end the process with a clear message and exit status 125.
 *
 * Threads: none; the reporter is single-threaded. */
#ifndef GORO_REPORTS_MEMORY_H
#define GORO_REPORTS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define array_length(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* goro-race's own exit statuses; the others are the program's. */
enum { EXIT_FINDINGS = 66, EXIT_MISUSE = 125, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

void *memory_new(size_t n);             /* zeroed */
void *memory_resize(void *p, size_t n); /* as realloc */
char *memory_string(const char *s);     /* a copy, to be freed */
/* Makes room for one more element of `size` bytes behind `count` present ones, doubling *capacity. */
void *memory_grow(void *array, size_t count, size_t *capacity, size_t size);

/* The one kept copy of a string, never freed: equal strings give equal pointers. NULL gives NULL. What is kept is
 * names (functions, files, variables), so its size is bounded by the program's debug information. */
const char *intern(const char *s);
const char *intern_n(const char *s, size_t n);

/* A text that grows. {0} is the empty one; data is NULL until something is put. */
struct text {
    char *data;
    size_t length, size;
};
void text_put(struct text *t, const char *s);
void text_put_n(struct text *t, const char *s, size_t n);
void text_char(struct text *t, char c);
void text_fill(struct text *t, char c, int n); /* n times c; nothing for n <= 0 */
void text_print(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);
/* Puts s so that it cannot steer a terminal: control characters, invalid UTF-8 and bidirectional overrides become
 * \xNN or \u{NN}; at most `limit` columns, a cut is shown by "...". Nothing for NULL, as of an empty text. Returns the columns
 * used. */
size_t text_shown(struct text *t, const char *s, size_t limit);
/* A word as a shell would need it. */
void text_word(struct text *t, const char *word);
void text_free(struct text *t);

/* The part of a path behind its last slash; NULL gives NULL. */
const char *path_last(const char *path);

/* Says something on stderr, "goro-race: " in front of it; more lines may follow the first. One write. */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);
/* The same, and ends goro-race with this status. */
_Noreturn void give_up(int status, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
