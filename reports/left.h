/* Findings about a local variable of a function that has returned: names and sentences. Threads: none. */
#ifndef GORO_REPORTS_LEFT_H
#define GORO_REPORTS_LEFT_H

#include "reports/model.h"

/* The two accesses: the return, and the use that is not ordered before it. */
const struct model_access *left_return(const struct model_finding *f);
const struct model_access *left_use(const struct model_finding *f);

/* What the source calls what was used, if the debug information tells. */
void left_name(struct model_finding *f);
/* Appends "start", the function; "the function" if it has no name. */
void left_put_function(struct text *t, const struct model_finding *f);
/* Appends why that is wrong, and what to do. */
void left_explain(struct model_finding *f, struct text *why, struct text *fix);

#endif
