/* The calls of <string.h> that read and write user memory: each is an access of the bytes it looks at, no more.
 *
 * Compiled with -fno-builtin: a loop here must not become a call of what is being wrapped. */
#include "instrument/sharing.h"
#include "instrument/wrap.h"

#include <ctype.h>

#define JUDGED(pc)                                                                                                     \
    uintptr_t pc = FRONT_HERE;                                                                                         \
    bool judged = wrap_sees_accesses(pc)
#define READS(p, n) (judged ? wrap_reads(pc, p, n) : (void)0)
#define WRITES(p, n) (judged ? wrap_writes(pc, p, n) : (void)0)

/* Bytes of s that a search for its end looks at, at most `limit`: the NUL included. */
static size_t span(const char *s, size_t limit) {
    size_t n = REAL(strnlen)(s, limit);
    return n < limit ? n + 1 : n;
}

/* Bytes that a comparison looks at: up to the first difference, or the end of both. */
static size_t compared(const char *a, const char *b, size_t limit, bool fold) {
    for (size_t i = 0; i < limit; i++) {
        int x = (unsigned char)a[i], y = (unsigned char)b[i];
        if (!x || (fold ? tolower(x) != tolower(y) : x != y)) return i + 1;
    }
    return limit;
}

/* -- blocks -------------------------------------------------------------------------------------------------------- */

void *wrap_copy(void *to, const void *from, size_t n, uintptr_t pc) {
    if (n && wrap_sees_accesses(pc)) {
        sharing_range((uintptr_t)from, n, DET_READ, pc);
        sharing_range((uintptr_t)to, n, DET_WRITE, pc);
    }
    return REAL(memcpy)(to, from, n);
}
void *wrap_move(void *to, const void *from, size_t n, uintptr_t pc) {
    if (n && wrap_sees_accesses(pc)) {
        sharing_range((uintptr_t)from, n, DET_READ, pc);
        sharing_range((uintptr_t)to, n, DET_WRITE, pc);
    }
    return REAL(memmove)(to, from, n);
}
void *wrap_fill(void *to, int c, size_t n, uintptr_t pc) {
    if (n && wrap_sees_accesses(pc)) sharing_range((uintptr_t)to, n, DET_WRITE, pc);
    return REAL(memset)(to, c, n);
}

void *WRAP(memcpy)(void *to, const void *from, size_t n) { return wrap_copy(to, from, n, FRONT_HERE); }
void *WRAP(memmove)(void *to, const void *from, size_t n) { return wrap_move(to, from, n, FRONT_HERE); }
void *WRAP(memset)(void *to, int c, size_t n) { return wrap_fill(to, c, n, FRONT_HERE); }
void *WRAP(mempcpy)(void *to, const void *from, size_t n) { return (char *)wrap_copy(to, from, n, FRONT_HERE) + n; }
void WRAP(bcopy)(const void *from, void *to, size_t n) { wrap_move(to, from, n, FRONT_HERE); }
void WRAP(bzero)(void *to, size_t n) { wrap_fill(to, 0, n, FRONT_HERE); }

void *WRAP(memccpy)(void *to, const void *from, int c, size_t n) {
    JUDGED(pc);
    if (judged) {
        const char *found = REAL(memchr)(from, c, n);
        size_t used = found ? (size_t)(found - (const char *)from) + 1 : n;
        READS(from, used);
        WRITES(to, used);
    }
    return REAL(memccpy)(to, from, c, n);
}

/* memcmp may look at all of both, and does so a word at a time; the first difference is what a program may rely on. */
static int compare_blocks(const void *a, const void *b, size_t n, uintptr_t pc) {
    if (wrap_sees_accesses(pc)) {
        const char *x = a, *y = b;
        size_t used = 0;
        while (used < n && x[used] == y[used]) used++;
        if (used < n) used++;
        wrap_reads(pc, a, used);
        wrap_reads(pc, b, used);
    }
    return REAL(memcmp)(a, b, n);
}
int WRAP(memcmp)(const void *a, const void *b, size_t n) { return compare_blocks(a, b, n, FRONT_HERE); }
int WRAP(bcmp)(const void *a, const void *b, size_t n) { return compare_blocks(a, b, n, FRONT_HERE); }

void *WRAP(memchr)(const void *s, int c, size_t n) {
    JUDGED(pc);
    char *found = REAL(memchr)(s, c, n);
    READS(s, found ? (size_t)(found - (const char *)s) + 1 : n);
    return found;
}
void *WRAP(memrchr)(const void *s, int c, size_t n) {
    JUDGED(pc);
    char *found = REAL(memrchr)(s, c, n);
    size_t skipped = found ? (size_t)(found - (const char *)s) : 0;
    READS((const char *)s + skipped, n - skipped);
    return found;
}
void *WRAP(memmem)(const void *s, size_t n, const void *word, size_t word_n) {
    JUDGED(pc);
    char *found = REAL(memmem)(s, n, word, word_n);
    READS(word, word_n);
    READS(s, found ? (size_t)(found - (const char *)s) + word_n : n);
    return found;
}

/* -- strings: lengths and copies -------------------------------------------------------------------------------------- */

size_t WRAP(strlen)(const char *s) {
    JUDGED(pc);
    size_t n = REAL(strlen)(s);
    READS(s, n + 1);
    return n;
}
size_t WRAP(strnlen)(const char *s, size_t limit) {
    JUDGED(pc);
    size_t n = REAL(strnlen)(s, limit);
    READS(s, n < limit ? n + 1 : n);
    return n;
}
char *WRAP(strcpy)(char *to, const char *from) {
    JUDGED(pc);
    if (judged) {
        size_t n = span(from, SIZE_MAX);
        READS(from, n);
        WRITES(to, n);
    }
    return REAL(strcpy)(to, from);
}
char *WRAP(stpcpy)(char *to, const char *from) {
    JUDGED(pc);
    if (judged) {
        size_t n = span(from, SIZE_MAX);
        READS(from, n);
        WRITES(to, n);
    }
    return REAL(stpcpy)(to, from);
}
char *WRAP(strncpy)(char *to, const char *from, size_t n) {
    JUDGED(pc);
    if (judged) {
        READS(from, span(from, n));
        WRITES(to, n); /* it fills up with NULs */
    }
    return REAL(strncpy)(to, from, n);
}
char *WRAP(stpncpy)(char *to, const char *from, size_t n) {
    JUDGED(pc);
    if (judged) {
        READS(from, span(from, n));
        WRITES(to, n);
    }
    return REAL(stpncpy)(to, from, n);
}

static void append(char *to, const char *from, size_t limit, uintptr_t pc) {
    size_t old = REAL(strlen)(to), n = REAL(strnlen)(from, limit);
    wrap_reads(pc, to, old + 1);
    wrap_reads(pc, from, n < limit ? n + 1 : n);
    wrap_writes(pc, to + old, n + 1);
}
char *WRAP(strcat)(char *to, const char *from) {
    JUDGED(pc);
    if (judged) append(to, from, SIZE_MAX, pc);
    return REAL(strcat)(to, from);
}
char *WRAP(strncat)(char *to, const char *from, size_t n) {
    JUDGED(pc);
    if (judged) append(to, from, n, pc);
    return REAL(strncat)(to, from, n);
}

/* The copy is written too: its reader must be ordered with whoever made it. */
static char *duplicate(const char *s, size_t n, uintptr_t pc, bool judged) {
    char *copy = malloc(n + 1);
    if (!copy) return NULL;
    if (front_self.task && wrap_sees_sync(pc)) det_alloc(front_self.task, (uintptr_t)copy, n + 1, pc);
    WRITES(copy, n + 1);
    REAL(memcpy)(copy, s, n);
    copy[n] = 0;
    return copy;
}
char *WRAP(strdup)(const char *s) {
    JUDGED(pc);
    size_t n = REAL(strlen)(s);
    READS(s, n + 1);
    return duplicate(s, n, pc, judged);
}
char *WRAP(strndup)(const char *s, size_t limit) {
    JUDGED(pc);
    size_t n = REAL(strnlen)(s, limit);
    READS(s, n < limit ? n + 1 : n);
    return duplicate(s, n, pc, judged);
}

/* -- strings: comparing and searching ------------------------------------------------------------------------------------ */

#define COMPARE(name, limit, fold)                                                                                     \
    JUDGED(pc);                                                                                                        \
    if (judged) {                                                                                                      \
        size_t n_ = compared(a, b, limit, fold);                                                                       \
        READS(a, n_);                                                                                                  \
        READS(b, n_);                                                                                                  \
    }
int WRAP(strcmp)(const char *a, const char *b) {
    COMPARE(strcmp, SIZE_MAX, false)
    return REAL(strcmp)(a, b);
}
int WRAP(strncmp)(const char *a, const char *b, size_t n) {
    COMPARE(strncmp, n, false)
    return REAL(strncmp)(a, b, n);
}
int WRAP(strcasecmp)(const char *a, const char *b) {
    COMPARE(strcasecmp, SIZE_MAX, true)
    return REAL(strcasecmp)(a, b);
}
int WRAP(strncasecmp)(const char *a, const char *b, size_t n) {
    COMPARE(strncasecmp, n, true)
    return REAL(strncasecmp)(a, b, n);
}

/* A search that stops where it finds, or at the end. */
#define SEARCH(name, c)                                                                                                \
    JUDGED(pc);                                                                                                        \
    char *found = REAL(name)(s, c);                                                                                    \
    if (judged) READS(s, found ? (size_t)(found - s) + 1 : REAL(strlen)(s) + 1);                                       \
    return found
char *WRAP(strchr)(const char *s, int c) { SEARCH(strchr, c); }
char *WRAP(strchrnul)(const char *s, int c) { SEARCH(strchrnul, c); }
char *WRAP(index)(const char *s, int c) { SEARCH(index, c); }

/* A search that looks at all of both. */
#define SCAN(type, name, word)                                                                                         \
    JUDGED(pc);                                                                                                        \
    if (judged) {                                                                                                      \
        READS(s, REAL(strlen)(s) + 1);                                                                                 \
        READS(word, REAL(strlen)(word) + 1);                                                                           \
    }                                                                                                                  \
    return REAL(name)(s, word)
char *WRAP(strstr)(const char *s, const char *word) { SCAN(char *, strstr, word); }
char *WRAP(strcasestr)(const char *s, const char *word) { SCAN(char *, strcasestr, word); }
char *WRAP(strpbrk)(const char *s, const char *set) { SCAN(char *, strpbrk, set); }
size_t WRAP(strspn)(const char *s, const char *set) { SCAN(size_t, strspn, set); }
size_t WRAP(strcspn)(const char *s, const char *set) { SCAN(size_t, strcspn, set); }

char *WRAP(strrchr)(const char *s, int c) {
    JUDGED(pc);
    if (judged) READS(s, REAL(strlen)(s) + 1);
    return REAL(strrchr)(s, c);
}
char *WRAP(rindex)(const char *s, int c) {
    JUDGED(pc);
    if (judged) READS(s, REAL(strlen)(s) + 1);
    return REAL(rindex)(s, c);
}

/* Reads up to the end of the word it returns, ends that with a zero, and keeps in *save where the rest begins. */
#define SPLIT(s, set, save)                                                                                            \
    JUDGED(pc);                                                                                                        \
    if (judged) READS(set, REAL(strlen)(set) + 1);                                                                     \
    char *from = s ? s : *(save), *token = REAL(strtok_r)(s, set, save);                                               \
    if (judged && from) {                                                                                              \
        bool at_end = !token || token + REAL(strlen)(token) == *(save);                                                \
        READS(from, (size_t)(*(save)-from) + at_end);                                                                  \
        if (!at_end) WRITES(*(save)-1, 1);                                                                             \
        WRITES(save, sizeof *(save));                                                                                  \
    }                                                                                                                  \
    return token
char *WRAP(strtok_r)(char *s, const char *set, char **save) { SPLIT(s, set, save); }

/* libc keeps the rest of the line in a variable of its own that the whole program shares. It lives here instead, so that
 * two goroutines that take words at the same time race on something with a name. */
static char *strtok_hidden_state;
char *WRAP(strtok)(char *s, const char *set) { SPLIT(s, set, &strtok_hidden_state); }
