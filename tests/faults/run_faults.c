/* run_faults [--long] FAULT_PROGRAMS NAME [CALL [ERRNO [USE[+]]]]: runs the program NAME once for every use of every system
 * call that it makes, and makes that use fail (and, where such a failure lasts, all later ones too).
 *
 * A failure may end in three ways. The program does what it does without; or the runtime says which call failed and why,
 * with status 2; or the program does so itself, with status 3 and the errno that was injected. After EINTR only the first is
 * right. What was written before is a beginning of what the program writes, in every case.
 *
 * A call that is made and is not in the tables here is a failure of this test: somebody must decide what may become of it.
 * Uses are tried one by one at first, then in growing steps (--long: all of the first 1,000). */
#include "tests/faults/faults.h"
#include "tests/faults/inject.h"
#include "tests/runner/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77, TIMEOUT_S = 30, ONE_BY_ONE = 6, MOST_USES = 60, MOST_USES_LONG = 1000 };

struct expected {
    const char *name;
    int status;
    const char *out, *err; /* stderr begins so, if not NULL; else it is empty */
};

static const struct expected programs[] = {
    {"timers", 0, "timers 1 1\n", NULL},  {"sockets", 0, "sockets 21 1\n", NULL},
    {"network", 0, "network 21\n", NULL}, {"blocking", 0, "blocking 12\n", NULL},
    {"many", 0, "400 sum 80200\n", NULL}, {"processors", 0, "processors 2\n", NULL},
    {"threads", 0, "threads 14\n", NULL}, {"primitives", 0, "primitives 0 1\n", NULL},
    {"notify", 0, "notify 3\n", NULL},    {"execute", 0, "execute child\n", NULL},
    {"quit", 2, "", "SIGQUIT: quit\n"},   {"panic", 2, "", "panic: said by the program\n"},
};

static bool starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

static bool as_without(const struct expected *e, const struct injection *i) {
    if (i->status != e->status || strcmp(i->out, e->out) != 0) return false;
    return e->err ? starts_with(i->err, e->err) && strstr(i->err, "\ngoroutine ") : !*i->err;
}

/* Main may return while another thread says so. */
static bool said_by_runtime(const struct expected *e, const struct injection *i) {
    bool ended = i->status == 2 || (i->status == e->status && strcmp(i->out, e->out) == 0);
    return ended && starts_with(i->err, "goro: ") && strstr(i->err, " failed");
}

/* In its first line: where each call fails another thread may have its own to tell of before the process ends. */
static bool said_by_program(const struct injection *i) {
    const char *end = starts_with(i->err, "program: ") ? strchr(i->err, '\n') : NULL;
    bool thread = i->error == ENOMEM && strstr(i->err, "pthread_create"); /* which calls it so */
    char *name = text_format(": %s\n", strerrorname_np(thread ? EAGAIN : i->error));
    size_t n = strlen(name);
    bool right = i->status == 3 && end && (size_t)(end + 1 - i->err) >= n && !memcmp(end + 1 - n, name, n);
    free(name);
    return right;
}

/* What is written to nobody cannot be asked for; nor can what a signal does whose handler could not be installed. */
static bool said_in_vain(const struct expected *e, const struct fault *f, const struct injection *i) {
    if (f->may & MAY_SILENCE) return i->status == 2 || i->status == 3;
    return (f->may & MAY_DIE) && e->status && i->status > 128;
}

static bool is_right(const struct expected *e, const struct fault *f, const struct injection *i) {
    if (i->timed_out) return false;
    if (as_without(e, i)) return true;
    if (i->error == EINTR || strncmp(e->out, i->out, strlen(i->out)) != 0) return false;
    return said_by_runtime(e, i) || said_by_program(i) || said_in_vain(e, f, i);
}

/* -- the runs ------------------------------------------------------------------------------------------------------------ */

struct tally {
    char *command[3];
    const struct expected *expected;
    unsigned most, runs, failures;
    bool allowed;
};

static void print_failure(const struct tally *t, const struct fault *f, const struct injection *i) {
    char ending[32];
    snprintf(ending, sizeof ending, i->timed_out ? "does not end" : "ends with %d", i->status);
    printf("%s %s", t->expected->name, ending);
    if (i->at)
        printf(" when %s fails with %s at use %u%s", f->name, strerrorname_np(i->error), i->at, i->onwards ? "+" : "");
    if (i->missing >= 0) printf(" without call %ld", i->missing);
    printf("\n--- stdout\n%s--- stderr\n%s---\n", i->out, i->err);
}

/* True if the use was reached. */
static bool try_one(struct tally *t, const struct fault *f, struct injection *i) {
    t->allowed = t->allowed && inject_run(i, t->command, TIMEOUT_S);
    if (!t->allowed) return false;
    t->runs++;
    if (!is_right(t->expected, f, i)) {
        t->failures++;
        print_failure(t, f, i);
    }
    bool reached = i->uses >= i->at;
    inject_free(i);
    return reached;
}

static struct injection injection_of(const struct fault *f, int error, unsigned at, bool onwards) {
    struct injection i = {.error = error, .at = at, .onwards = onwards, .missing = f->missing};
    for (int c = 0; c < INJECT_TOGETHER; c++) i.calls[c] = f->calls[c];
    return i;
}

static void try_all(struct tally *t, const struct fault *f, int error, bool onwards) {
    unsigned at = 1;
    struct injection i;
    do {
        i = injection_of(f, error, at, onwards);
        at += t->most == MOST_USES_LONG || at < ONE_BY_ONE ? 1 : at / 2;
    } while (at <= t->most && try_one(t, f, &i));
}

static void try_fault(struct tally *t, const struct fault *f, int only) {
    for (int e = 0; e < FAULT_ERRORS && f->errors[e]; e++) {
        if (only && f->errors[e] != only) continue;
        try_all(t, f, f->errors[e], false);
        bool last = (f->may & MAY_LAST) && f->errors[e] != EINTR && (e == 0 || t->most == MOST_USES_LONG);
        if (last) try_all(t, f, f->errors[e], true);
    }
}

/* The program as it is, then without each of the calls that it must be able to do without. */
static void try_unharmed(struct tally *t) {
    static bool seen[INJECT_NUMBERS];
    static const struct fault none = {.name = "nothing"};
    struct injection i = {.calls = {-1, -1, -1, -1}, .missing = -1, .seen = seen};
    try_one(t, &none, &i);
    for (int n = 0; n < INJECT_NUMBERS; n++)
        if (seen[n] && !fault_is_known(n)) {
            printf("%s makes the system call %d, which is not in the tables\n", t->expected->name, n);
            t->failures++;
        }
    for (const long *call = faults_missing; *call >= 0; call++) {
        i = (struct injection){.calls = {-1, -1, -1, -1}, .missing = *call};
        try_one(t, &none, &i);
    }
}

static int error_of(const char *name) {
    for (int e = 1; name && e < 200; e++)
        if (strerrorname_np(e) && strcmp(strerrorname_np(e), name) == 0) return e;
    return 0;
}

static void try_asked(struct tally *t, char **asked) {
    for (const struct fault *f = faults; f->name; f++) {
        if (asked[0] && strcmp(asked[0], f->name) != 0) continue;
        if (asked[0] && asked[1] && asked[2]) {
            char *end;
            struct injection i =
                injection_of(f, error_of(asked[1]), (unsigned)strtoul(asked[2], &end, 10), *end == '+');
            try_one(t, f, &i);
        } else {
            try_fault(t, f, asked[0] ? error_of(asked[1]) : 0);
        }
    }
}

int main(int argc, char **argv) {
    bool all = argc > 1 && strcmp(argv[1], "--long") == 0;
    argv += all;
    argc -= all;
    struct tally t = {.most = all ? MOST_USES_LONG : MOST_USES, .allowed = true};
    for (size_t i = 0; argc >= 3 && i < sizeof programs / sizeof *programs; i++)
        if (strcmp(argv[2], programs[i].name) == 0) t.expected = &programs[i];
    if (!t.expected || argc > 6) {
        fprintf(stderr, "usage: run_faults [--long] FAULT_PROGRAMS NAME [CALL [ERRNO [USE[+]]]]\n");
        return 2;
    }
    t.command[0] = argv[1];
    t.command[1] = argv[2];
    if (argc == 3) try_unharmed(&t);
    try_asked(&t, argv + 3);
    if (!t.allowed) return SKIPPED;
    printf("%s: %u runs, %u failures\n", argv[2], t.runs, t.failures);
    return t.runs == 0 || t.failures > 0;
}
