/* Starts the program with the wire's descriptor inherited, and collects what it and its children send.
 *
 * Threads: none. One program at a time. */
#ifndef GORO_REPORTS_LAUNCH_H
#define GORO_REPORTS_LAUNCH_H

#include "reports/wire_read.h"

#include <sys/types.h>

struct launch {
    /* given */
    const char *path;
    char **argv;
    const char *settings;     /* for GORO_RACE_OPTIONS; added to what the user has there */
    uint64_t timeout_ms;      /* 0: none */
    bool same_addresses;      /* as in every other run, if the system lets us */
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

/* For whoever starts the program in another way. Moves a descriptor out of the way: programs count on 3 being the next one
 * that open gives. */
int launch_move_high(int fd);
/* In the child: tells the program of the wire's descriptor, and of settings for GORO_RACE_OPTIONS, behind what is there. */
void launch_environment(int wire, const char *settings);
/* In the child: its addresses are the same in every run, and with them what it makes of addresses (the order of a table of
 * pointers, say). Where that is forbidden (some containers) they are not, and few programs notice. */
void launch_fix_addresses(void);

/* Whether a child has become the program: `failure` is a pair of descriptors, made before the fork; the child becomes the program or
 * sends errno; the parent closes both and hears of that, or 0. */
void launch_failure_open(int failure[2]);
_Noreturn void launch_become(const char *path, char **argv, int failure);
int launch_failure(const int failure[2]);

/* Runs a helper program (the compiler) to its end with our own descriptors; its status as waitpid gives it, or
 * -1 - errno if it could not be started. Interrupts reach it and are survived by us. */
int launch_helper(const char *path, char **argv);

/* Does the process catch the signal? It would die of it otherwise. */
bool launch_catches(pid_t pid, int sig);

#endif
