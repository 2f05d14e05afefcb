/* Runs one command to its end, with a time limit, and keeps what it wrote. */
#ifndef RUNNER_PROCESS_H
#define RUNNER_PROCESS_H

#include "tests/runner/words.h"

struct process {
    struct words command;
    struct words env;  /* NAME=value, on top of the runner's own environment without GOMAXPROCS and GORO_* */
    const char *input; /* its standard input; NULL: empty */
    const char *scratch; /* a folder for its output files */
    unsigned timeout_s;

    /* after process_run: */
    int status;      /* exit status, or 128 + signal */
    bool timed_out;  /* it was told to end (SIGTERM, then SIGKILL), with everything it had started */
    char *out, *err; /* all it wrote */
};

/* False if it could not even be started; that has been printed. */
bool process_run(struct process *p);
void process_free(struct process *p);
/* The command as one would type it, with its environment in front. */
char *process_text(const struct process *p);

#endif
