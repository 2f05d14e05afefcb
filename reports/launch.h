/* Starts the program with the wire's descriptor inherited, and collects what it and its children send.
 *
 * Threads: none. One program at a time. */
#ifndef GORO_REPORTS_LAUNCH_H
#define GORO_REPORTS_LAUNCH_H

#include "reports/wire_read.h"

struct launch {
    /* given */
    const char *path;
    char **argv;
    const char *settings;     /* for GORO_RACE_OPTIONS; added to what the user has there */
    uint64_t timeout_ms;      /* 0: none */
    struct wire_input *input; /* takes the records */
    /* Called once, after three seconds or at the end, when no process has said hello: nothing will be found. */
    void (*silent)(void *arg);
    void *arg;

    /* told */
    int status; /* as waitpid gives it */
    bool timed_out;
    uint64_t left_behind; /* processes that still ran, and still might have sent, when we stopped listening */
};

/* Runs the program to its end. Ends goro-race itself (125, 126, 127) if it cannot be started. */
void launch_run(struct launch *l);

/* Runs a helper program (the compiler) to its end with our own descriptors; its status as waitpid gives it, or
 * -1 - errno if it could not be started. Interrupts reach it and are survived by us. */
int launch_helper(const char *path, char **argv);

#endif
