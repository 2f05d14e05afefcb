/* `goro-race merge [options] FILE...`: the results (--json) of many runs as one report. */
#ifndef GORO_REPORTS_MERGE_H
#define GORO_REPORTS_MERGE_H

#include "reports/options.h"

/* The options may stand before and behind the word merge; `words` is what follows it. Returns the exit status: as of a
 * run that had found all of it. */
int merge_run(struct options *o, char **words);

#endif
