/* A predicted cycle of locks, a send that a close may overtake, or a race that the order of locks hides, and what proves it: a
 * deadlock, a panic, or the race in another schedule.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_CONFIRM_H
#define GORO_REPORTS_CONFIRM_H

#include "reports/model.h"

enum { CONFIRM_SITES_MAX = 64 };

/* Can it be driven to? */
bool confirm_can_drive(const struct model_finding *f);
/* The calls that took the cycle's locks, where who has returned from one is to be put aside; the send, before which
 * he is. Returns how many. */
size_t confirm_sites(const struct model_finding *f, uint64_t *pcs);
/* Is it the deadlock that f predicts (do goroutines wait where it says, in each place?), or the panic of its send? */
bool confirm_proves(const struct model_finding *found, const struct model_finding *f);
/* Is it what f, which was reported, says that another schedule does, or has done? */
bool confirm_happened(const struct model_finding *found, const struct model_finding *f);
/* It was proved; `here`: by this run itself. */
void confirm_set(struct model_finding *f, bool here);

#endif
