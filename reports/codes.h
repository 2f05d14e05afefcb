/* The finding codes, as the public contract lists them: one table for titles, rules of SARIF, explanations. */
#ifndef GORO_REPORTS_CODES_H
#define GORO_REPORTS_CODES_H

#include <stdbool.h>

/* X(code, severity, kind in a few words) */
#define FINDING_CODES(X)                                                                                     \
    X(GR001, ERROR, "data race")                                                                             \
    X(GR002, ERROR, "race between atomic and plain access")                                                  \
    X(GR003, ERROR, "access to freed memory")                                                                \
    X(GD001, ERROR, "deadlock: all goroutines are asleep")                                                   \
    X(GD002, ERROR, "deadlock: a cycle of goroutines")                                                       \
    X(GD003, ERROR, "blocked forever")                                                                       \
    X(GD004, ERROR, "lock-order inversion")                                                                  \
    X(GL001, WARNING, "goroutine leak")                                                                      \
    X(GW001, ERROR, "WaitGroup: Done missing")                                                               \
    X(GW002, ERROR, "WaitGroup: negative counter")                                                           \
    X(GW003, ERROR, "WaitGroup: Add concurrent with Wait")                                                   \
    X(GC001, ERROR, "send on closed channel")                                                                \
    X(GC002, ERROR, "close of closed or nil channel")                                                        \
    X(GC003, ERROR, "blocked on a nil channel")                                                              \
    X(GC004, ERROR, "channel freed while in use")                                                            \
    X(GM001, ERROR, "unlock of unlocked lock")                                                               \
    X(GM002, ERROR, "recursive lock")                                                                        \
    X(GM003, ERROR, "lock, WaitGroup, Once or Cond copied or freed in use")                                  \
    X(GX001, NOTE, "context or timer never stopped")

struct code_entry {
    const char *code, *kind;
    int severity;     /* enum finding_severity */
    const char *page; /* what `goro-race explain` prints */
};
/* NULL for a code that is not in the table. */
const struct code_entry *code_find(const char *code);
/* All, ended by an entry whose code is NULL. */
const struct code_entry *code_table(void);

/* Does a list such as "GR001,GD,GC002" (codes, their beginnings, "all") name this code? */
bool code_in_list(const char *code, const char *list);
/* The first item of a list that names no code at all; NULL if all do. To be freed. */
char *code_list_wrong(const char *list);

#endif
