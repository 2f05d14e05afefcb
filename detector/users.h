/* Who uses a channel: of each, the goroutines that have sent, received or closed, where and how often, so that a finding
 * can say who was expected to end a wait. The call that tells of a use is detector.h's.
 *
 * Threads: any. */
#ifndef GORO_DETECTOR_USERS_H
#define GORO_DETECTOR_USERS_H

#include "detector/plight.h"

/* Adds a part for each use of the channels that the task of the wait waits on; and says of `wait`, that wait's own part
 * (NULL: there is none), whether it sends or receives. While the world is held. */
void users_tell(const struct task_record *r, const struct task_wait *w, struct finding_part *wait, struct plight *p);
/* Who has closed the channel, and where; false: nobody that is known. Inside the world. */
bool users_closed(uintptr_t channel, const struct task_record **who, uint32_t *site);

void users_mark(void); /* world stopped */
void users_check(void);
void users_engine_init(void);

#endif
