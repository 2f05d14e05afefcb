/* What a test program says of itself: the form of tests/README.md, read into a struct. */
#ifndef RUNNER_EXPECTATION_H
#define RUNNER_EXPECTATION_H

#include "tests/runner/words.h"

enum { MODE_PLAIN = 1, MODE_RACE = 2, MODE_BOTH = MODE_PLAIN | MODE_RACE };
enum { STATUS_ANY = -1, STATUS_DERIVED = -2 };

struct code_rule {
    char code[8];
    enum { CODE_ALWAYS, CODE_SOMETIMES, CODE_ALLOWED } when;
    unsigned exactly; /* 0: one or more */
};

enum { SIDE_FIRST = 1, SIDE_SECOND = 2 };
struct race_mark {
    unsigned line;
    unsigned sides; /* SIDE_ bits */
    char pair[32];  /* "" where the program has one pair only */
};
struct at_mark {
    unsigned line;
    char code[8];
};

enum { RULES_MAX = 32, MARKS_MAX = 64 };

struct expectation {
    char *path, *folder, *base; /* base: the file's name without its folder */
    struct code_rule rules[RULES_MAX];
    size_t rule_count;
    struct race_mark races[MARKS_MAX];
    size_t race_count;
    struct at_mark ats[MARKS_MAX];
    size_t at_count;
    unsigned mode;
    int exit_status, race_exit; /* or STATUS_ */
    bool stdout_given;
    struct words stdout_lines, stdout_any_order, stdout_has, stderr_has;
    struct words args, each, env, stdin_lines, cflags, explored, libs, sources, options, compilers, opt, procs;
    unsigned runs, timeout_s;
    char *outside;  /* as unseeded */
    char *unseeded; /* NULL, or the reason: for tests/determinism */
    char *pending; /* NULL, or the reason */
};

/* Reads the file. False if it cannot be read or says something wrong; each fault has then been printed to stderr. */
bool expectation_read(struct expectation *e, const char *path);
void expectation_free(struct expectation *e);

/* The rule for a code; NULL: no finding of it is expected. */
const struct code_rule *expectation_rule(const struct expectation *e, const char *code);
/* True for GR codes: those whose accesses are marked by `race:`. */
bool code_is_race(const char *code);

#endif
