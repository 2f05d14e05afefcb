/* What GORO_RACE_OPTIONS sets: one table. detector/wire.h tells goro-race the names. */
#ifndef GORO_INSTRUMENT_OPTIONS_H
#define GORO_INSTRUMENT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* X(name, default, meaning) */
#define FRONT_OPTIONS(X)                                                                                         \
    X(seed, 0, "what all choices are drawn from; 0: from the kernel's random source")                            \
    X(parallel, 0, "goroutines run on GOMAXPROCS threads, not one at a time")                                    \
    X(virtual, 0, "time passes only as it is counted: nobody really sleeps")                                      \
    X(serve, 0, "descriptor on which goro-race asks for schedules; 0: none")                                      \
    X(keep, 4, "number of the first process that may run several schedules; 0: none may")             \
    X(record, 0, "descriptor to which the journal is written; 0: none")                                          \
    X(replay, 0, "descriptor from which the journal is read back; 0: none")                                      \
    X(halt, 0, "end at the first finding that is an error")                                                      \
    X(max, 0, "findings sent at most; 0: all")                                                                   \
    X(exitcode, 66, "status of a program that runs without goro-race and has findings; 0: its own")              \
    X(report, 1, "without goro-race: start it as reporter at the first finding")                                 \
    X(verbose, 0, "say what is going on")                                                                       \
    X(apart, 5000, "microseconds: a look for who waits for ever that takes longer is made in a copy of the process") \
    X(trace, 0, "send what goroutines do, for goro-race --trace")

struct front_options {
#define MEMBER(name, value, meaning) uint64_t name;
    FRONT_OPTIONS(MEMBER)
#undef MEMBER
};
extern struct front_options front_options;

/* Sets what `text` ("name=number:…", NULL: nothing) says, the rest to its default. Unknown names are skipped. */
void front_options_read(const char *text);

#endif
