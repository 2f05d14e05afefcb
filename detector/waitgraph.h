/* Who waits for whom. The calls are detector.h's det_block and det_wake; this is what the engine's own files need.
 *
 * graph_lock guards who holds what meanwhile (ownership.h) and in which order (lockorder.h). It is taken inside the world,
 * never the other way round, and nothing is taken under it but the arena's locks. */
#ifndef GORO_DETECTOR_WAITGRAPH_H
#define GORO_DETECTOR_WAITGRAPH_H

#include "detector/engine.h"
#include "detector/task.h"

struct plight;

extern struct engine_lock graph_lock __attribute__((visibility("hidden")));

/* Of an enum finding_object: does it have holders that one waits for? */
bool waitgraph_is_lock(unsigned kind);
/* What the task waits on; false: it does not, or is about to change that. While the world is held, or inside. */
bool waitgraph_read(const struct det_task *t, struct task_wait *out);
/* Under graph_lock: does the task wait, directly or behind others' locks, for a goroutine that a finding says waits in
 * vain? */
bool waitgraph_is_explained(struct det_task *t);
/* The number of that finding; 0: there is none. The same, but sees every holder; not from task_each_alive. */
uint64_t waitgraph_told_by(const struct det_task *t);
/* Tasks that a cycle's finding is about and that have not gone on. */
uint64_t waitgraph_standing(void);
/* Under graph_lock, while nothing can wake the task: the finding of this number says that it waits in vain; UINT64_MAX: one
 * that was told before. */
void waitgraph_say_in_vain(struct det_task *t, uint64_t number);
/* Tells of all cycles there are, however young. Outside of the world. */
void waitgraph_settle(void);
/* Makes the findings of those cycles of which `proven` is true, at most `room`, and returns how many. While nobody else is inside. */
unsigned waitgraph_settle_proven(bool (*proven)(const struct det_task *t), struct plight **out, unsigned room);
/* A block is freed with a lock in it that is held: a finding (GM003). */
void waitgraph_freed(struct det_task *t, uintptr_t lock, uintptr_t pc);
/* What is known of locks in [address, address + n), a few bytes, is void: they are gone. */
void waitgraph_forget(uintptr_t address, size_t n);
/* The task ends: what it holds stays held by nobody. */
void waitgraph_task_end(struct det_task *t);

void waitgraph_engine_init(void);

#endif
