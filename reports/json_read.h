/* A line of --json back into the finding it was made of, so that every writer can write it again.
 *
 * What a line does not hold (addresses under --stable, the runtime's own frames) is not in the finding either.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_JSON_READ_H
#define GORO_REPORTS_JSON_READ_H

#include "reports/model.h"

#include <jansson.h>

/* NULL if it is no finding of a version that is known: no code, no id, a field of another type than the schema says.
 * Whatever stands in it, every index is within its list and every list within its limit. */
struct model_finding *json_finding(const json_t *line);

#endif
