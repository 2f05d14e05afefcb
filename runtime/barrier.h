/* A memory barrier on every thread of the process at once, paid by the caller alone (membarrier(2)).
 *
 * It makes Dekker's protocol asymmetric: the frequent side writes m->inside and reads m->attention with nothing but a
 * compiler barrier between them; the rare side writes m->attention, calls barrier_all, and reads m->inside. Then at
 * least one of the two sees the other's write. */
#ifndef GORO_RUNTIME_BARRIER_H
#define GORO_RUNTIME_BARRIER_H

#include "runtime/base/base.h"

/* Once, while there is one thread. */
void barrier_init(void);
/* Costs a system call and an interrupt on each CPU that runs a thread of ours. */
void barrier_all(void);

#endif
