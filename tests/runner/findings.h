/* The findings of one race run, as goro-race's JSON Lines tell them, held against an expectation. */
#ifndef RUNNER_FINDINGS_H
#define RUNNER_FINDINGS_H

#include "tests/runner/expectation.h"

#include <stdbool.h>

/* What was met over all runs of a program; zero to begin with. */
struct met {
    bool rules[RULES_MAX];
    bool races[MARKS_MAX]; /* by the index of the pair's first mark */
};

/* Checks the lines of one run. Each fault is one line in `faults`. `failing` becomes true if a finding counts for
 * goro-race's exit status (an error that is not merely predicted). */
void findings_check(const struct expectation *e, const char *json_lines, struct met *met,
                    struct words *faults, bool *failing);
/* After the last run: what should have come at least once and did not. */
void findings_check_met(const struct expectation *e, const struct met *met, struct words *faults);

#endif
