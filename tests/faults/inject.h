/* Runs a program and makes one system call of it fail, on the use that is asked for. */
#ifndef FAULTS_INJECT_H
#define FAULTS_INJECT_H

#include <stdbool.h>

/* A program asks by prctl(INJECT_BEGIN) that counting begin; what its loader does before is not its concern. */
enum { INJECT_BEGIN = 0x676f726f };

enum { INJECT_TOGETHER = 4, INJECT_NUMBERS = 1024 };

struct injection {
    long calls[INJECT_TOGETHER]; /* their numbers, counted as one; the rest -1 */
    int error;                   /* what the use fails with */
    unsigned at;                 /* which: 1 is the first, 0 none */
    bool onwards;                /* every later one fails too */
    long missing; /* a call that the kernel does not have (ENOSYS), as behind a container's filter; -1: none */
    bool *seen;   /* INJECT_NUMBERS of them, or NULL: set for the number of each call that is made */

    /* after inject_run: */
    unsigned uses;  /* so many were counted */
    int status;     /* exit status, or 128 + signal */
    bool timed_out; /* it was killed, with everything it had started */
    char *out, *err;
};

/* False if the machine does not allow it; that has been printed. */
bool inject_run(struct injection *i, char **command, unsigned timeout_s);
void inject_free(struct injection *i);

#endif
