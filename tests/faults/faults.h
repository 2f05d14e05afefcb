/* Which system calls are made to fail, and how. */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include "tests/faults/inject.h"

enum { FAULT_ERRORS = 5 };

enum may {
    MAY_LAST = 1,    /* what has failed once may go on failing */
    MAY_SILENCE = 2, /* words may be lost: the status is what counts */
    MAY_DIE = 4,     /* a signal that the program raises may do what it does by itself */
};

struct fault {
    const char *name;
    long calls[INJECT_TOGETHER];
    int errors[FAULT_ERRORS];
    unsigned may;
    long missing; /* as in struct injection */
};

extern const struct fault faults[]; /* up to one without a name */
extern const long faults_missing[]; /* calls without which every program does the same; up to -1 */

/* Is the call in the tables: to fail, or as one that cannot, or whose failure is the caller's own mistake? */
bool fault_is_known(long number);

#endif
