/* A list of strings that grows; what command lines and expected lines are kept in. Aborts when memory is out. */
#ifndef RUNNER_WORDS_H
#define RUNNER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
    char **at; /* n strings, then a NULL: usable as an argv */
    size_t n;
};

void words_add(struct words *w, const char *word);
void words_addf(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void words_split(struct words *w, const char *line); /* adds its blank-separated words */
void words_append(struct words *w, const struct words *more);
bool words_has(const struct words *w, const char *word);
void words_free(struct words *w);

/* The lines of a text, without their line ends; a last line may lack one. */
struct words words_lines(const char *text);
/* Bytewise order, in place. */
void words_sort(struct words *w);

/* printf into new memory. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A whole file as a string, NULL if it cannot be read. */
char *text_read(const char *path);

#endif
