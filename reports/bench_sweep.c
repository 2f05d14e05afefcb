/* Reading what is to be varied, and putting it into the program's arguments.
 *
 * Always true
 *  1. A sweep that was parsed has at least one value and at most BENCH_VALUES_MAX, none of them twice. */
#include "reports/bench_sweep.h"
#include "reports/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t name_length(const char *s) {
    size_t n = 0;

    if (!isalpha((unsigned char)*s) && *s != '_') return 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-') n++;
    return n;
}

static char *refuse(const char *format, ...) PRINTF_LIKE(1, 2);
static char *refuse(const char *format, ...) {
    struct text t = {0};
    char line[512];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    text_put(&t, line);
    return t.data;
}

/* -- values ------------------------------------------------------------------------------------------------------------- */

static char *add_value(struct bench_sweep *s, const char *value, size_t length) {
    char **all;

    if (length == 0) return refuse("a value of %s is empty", s->name);
    if (s->count == BENCH_VALUES_MAX) return refuse("%s has more than %d values", s->name, BENCH_VALUES_MAX);
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->value[i]) == length && !memcmp(s->value[i], value, length))
            return refuse("%s has the value %s twice", s->name, s->value[i]);
    all = memory_grow(s->value, s->count, &s->capacity, sizeof *all);
    s->value = all;
    all[s->count] = memory_new(length + 1);
    memcpy(all[s->count++], value, length);
    return NULL;
}

static char *add_number(struct bench_sweep *s, long v) {
    char text[32];

    return add_value(s, text, (size_t)snprintf(text, sizeof text, "%ld", v));
}

static bool read_long(const char **at, long *v) {
    char *end;

    errno = 0;
    *v = strtol(*at, &end, 10);
    if (end == *at || errno || isspace((unsigned char)**at)) return false;
    *at = end;
    return true;
}

/* from..to, from..to*factor, from..to+step; NULL if all is well. */
static char *add_range(struct bench_sweep *s, const char *word) {
    const char *at = word;
    long from, to, step = 1, next;
    char how = '+';

    if (!read_long(&at, &from) || strncmp(at, "..", 2) != 0 || (at += 2, !read_long(&at, &to)))
        return refuse("'%s' is no range; one is 1..16, 1..64*2 or 0..100+25", word);
    if (*at == '*' || *at == '+') {
        how = *at++;
        if (!read_long(&at, &step)) return refuse("'%s' lacks a number behind the %c", word, how);
    }
    if (*at) return refuse("'%s': what is '%s'?", word, at);
    if (from > to) return refuse("'%s' is empty: %ld is more than %ld", word, from, to);
    if (how == '*' ? from < 1 || step < 2 : step < 1) return refuse("'%s' would not come to an end", word);
    for (long v = from; v <= to; v = next) {
        char *wrong = add_number(s, v);
        if (wrong) return wrong;
        if (how == '*' ? __builtin_mul_overflow(v, step, &next) : __builtin_add_overflow(v, step, &next)) break;
    }
    return NULL;
}

static char *add_word(struct bench_sweep *s, const char *word, size_t length) {
    char *copy = strndup(word, length), *wrong;
    const char *dots = copy ? strstr(copy, "..") : NULL;
    bool range = dots && dots > copy && isdigit((unsigned char)dots[-1]); /* ../file is a word */

    wrong = range ? add_range(s, copy) : add_value(s, word, length);
    free(copy);
    return wrong;
}

bool bench_sweep_parse(struct bench_sweep *s, const char *text, char **reason) {
    size_t n = name_length(text);
    char *wrong = NULL;

    *s = (struct bench_sweep){0};
    if (n == 0 || text[n] != '=') {
        *reason = refuse("'%s' is not of the form NAME=VALUES, as in workers=1..8", text);
        return false;
    }
    s->name = intern_n(text, n);
    for (const char *at = text + n + 1, *end; !wrong; at = end + 1) {
        end = strchrnul(at, ',');
        wrong = add_word(s, at, (size_t)(end - at));
        if (!*end) break;
    }
    if (wrong) bench_sweep_free(s);
    *reason = wrong;
    return !wrong;
}

void bench_sweep_default(struct bench_sweep *s, unsigned cpus) {
    *s = (struct bench_sweep){.name = "GOMAXPROCS", .environment = true};
    for (unsigned p = 1; p < cpus; p *= 2) free(add_number(s, p));
    free(add_number(s, cpus));
    free(add_number(s, 2L * cpus));
}

void bench_sweep_free(struct bench_sweep *s) {
    for (size_t i = 0; i < s->count; i++) free(s->value[i]);
    free(s->value);
    s->value = NULL;
    s->count = s->capacity = 0;
}

bool bench_sweep_ascends(const struct bench_sweep *s) {
    double last = 0;

    for (size_t i = 0; i < s->count; i++) {
        char *end;
        double v = strtod(s->value[i], &end);
        if (*end || end == s->value[i] || (i && v <= last)) return false;
        last = v;
    }
    return true;
}

/* -- placeholders ------------------------------------------------------------------------------------------------------- */

/* The length of {name} at `at`, braces included; 0 if there is none. */
static size_t placeholder_at(const char *at) {
    size_t n = *at == '{' ? name_length(at + 1) : 0;

    return n && at[n + 1] == '}' ? n + 2 : 0;
}

static bool is_called(const char *placeholder, size_t length, const char *name) {
    return length == strlen(name) + 2 && !memcmp(placeholder + 1, name, length - 2);
}

bool bench_sweep_used(const char *name, char **words) {
    for (; *words; words++)
        for (const char *at = *words; (at = strchr(at, '{')); at++)
            if (is_called(at, placeholder_at(at), name)) return true;
    return false;
}

/* Which sweep fills it; `sweeps` if none does. */
static size_t filled_by(const struct bench_sweep *s, size_t sweeps, const char *placeholder, size_t length) {
    size_t i = 0;

    while (i < sweeps && (s[i].environment || !is_called(placeholder, length, s[i].name))) i++;
    return i;
}

char *bench_sweep_unfilled(const struct bench_sweep *s, size_t sweeps, char **words) {
    for (; *words; words++)
        for (const char *at = *words; (at = strchr(at, '{')); at++) {
            size_t n = placeholder_at(at);
            if (n && filled_by(s, sweeps, at, n) == sweeps) return strndup(at + 1, n - 2);
        }
    return NULL;
}

char *bench_sweep_fill(const struct bench_sweep *s, size_t sweeps, const size_t *index, const char *word) {
    struct text t = {0};

    text_put(&t, "");
    while (*word) {
        size_t n = placeholder_at(word), i = n ? filled_by(s, sweeps, word, n) : sweeps;
        if (i < sweeps) text_put(&t, s[i].value[index[i]]);
        else text_put_n(&t, word, n = n ? n : 1);
        word += n;
    }
    return t.data;
}
