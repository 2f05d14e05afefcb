/* A predicted cycle of locks, and the deadlock that proves it.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_CONFIRM_H
#define GORO_REPORTS_CONFIRM_H

#include "reports/model.h"

enum { CONFIRM_SITES_MAX = 64 };

/* Can it be driven to? */
bool confirm_is_predicted_cycle(const struct model_finding *f);
/* The calls that took the cycle's locks: who has returned from one is to be put aside. Returns how many. */
size_t confirm_sites(const struct model_finding *f, uint64_t *pcs);
/* Is it the deadlock that f predicts: do goroutines wait where it says, in each of its places? */
bool confirm_proves(const struct model_finding *deadlock, const struct model_finding *f);
/* It was proved. */
void confirm_set(struct model_finding *f);

#endif
