/* The pages of `goro-race explain CODE`: what a finding means, a small program that has it, the usual repairs. */
#ifndef GORO_REPORTS_EXPLAIN_H
#define GORO_REPORTS_EXPLAIN_H

#include "reports/codes.h"

#define X(code, severity, kind) extern const char explain_page_##code[];
FINDING_CODES(X)
#undef X

/* Runs `goro-race explain words...`; returns the exit status. */
int explain_run(char **words);

#endif
