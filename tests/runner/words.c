/* Lists of strings, and strings, for the runner. See words.h. */
#include "tests/runner/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *p) {
    if (!p) abort();
    return p;
}

static void add_owned(struct words *w, char *word) {
    w->at = or_abort(realloc(w->at, (w->n + 2) * sizeof *w->at));
    w->at[w->n++] = word;
    w->at[w->n] = NULL;
}

void words_add(struct words *w, const char *word) {
    add_owned(w, or_abort(strdup(word)));
}

static char *format_list(const char *format, va_list list) {
    char *text;
    if (vasprintf(&text, format, list) < 0) abort();
    return text;
}

void words_addf(struct words *w, const char *format, ...) {
    va_list list;
    va_start(list, format);
    add_owned(w, format_list(format, list));
    va_end(list);
}

void words_split(struct words *w, const char *line) {
    for (;;) {
        line += strspn(line, " \t");
        size_t n = strcspn(line, " \t");
        if (!n) return;
        add_owned(w, or_abort(strndup(line, n)));
        line += n;
    }
}

void words_append(struct words *w, const struct words *more) {
    for (size_t i = 0; i < more->n; i++) words_add(w, more->at[i]);
}

bool words_has(const struct words *w, const char *word) {
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->at[i], word) == 0) return true;
    return false;
}

void words_free(struct words *w) {
    for (size_t i = 0; i < w->n; i++) free(w->at[i]);
    free(w->at);
    *w = (struct words){0};
}

struct words words_lines(const char *text) {
    struct words lines = {0};
    while (*text) {
        size_t n = strcspn(text, "\n");
        add_owned(&lines, or_abort(strndup(text, n)));
        text += n + (text[n] == '\n');
    }
    return lines;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void words_sort(struct words *w) {
    if (w->n) qsort(w->at, w->n, sizeof *w->at, by_bytes);
}

char *text_format(const char *format, ...) {
    va_list list;
    va_start(list, format);
    char *text = format_list(format, list);
    va_end(list);
    return text;
}

char *text_read(const char *path) {
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *copy = or_abort(open_memstream(&text, &size));
    char block[4096];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0) fwrite(block, 1, n, copy);
    fclose(f);
    fclose(copy);
    return text;
}
