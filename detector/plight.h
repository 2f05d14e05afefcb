/* Putting together the findings that are about goroutines and what they wait on, hold or have left behind.
 *
 * Parts are added inside the world (or while it is held): they copy stacks. Emitting is done outside of it.
 *
 * Threads: a plight is its maker's. */
#ifndef GORO_DETECTOR_PLIGHT_H
#define GORO_DETECTOR_PLIGHT_H

#include "detector/task.h"

struct plight;

/* NULL: no memory (said), or its like has been reported: `a` and `b` identify it, in either order. */
struct plight *plight_new(const char *code, enum finding_severity severity, uint64_t a, uint64_t b);
/* A piece of a picture: nothing that was reported. */
struct plight *plight_new_piece(void);
/* Hands such a one to who asked for the picture, and frees it. */
void plight_show(struct plight *p);
uint64_t plight_number(const struct plight *p);
/* It is that of another code, too, which is not reported besides. */
void plight_say_also(struct plight *p, const char *code);
/* It has not happened, but another schedule makes it. */
void plight_predict(struct plight *p);
/* One more part; a part too many is only counted. `record` may be NULL. Returns it, NULL if there is no room. */
struct finding_part *plight_add(struct plight *p, enum finding_role role, const struct task_record *record,
                                enum finding_object kind, uintptr_t object, uint32_t site);
/* The same for one that waits. `alike`: how many wait so. */
struct finding_part *plight_add_wait(struct plight *p, const struct task_record *record, const struct task_wait *w,
                                     uint64_t alike);
/* Has it parts that tell who uses this channel or WaitGroup? */
bool plight_tells_of(const struct plight *p, uintptr_t object);
/* Says where the part's task waits, too, if it does. */
void plight_tell_place(struct plight *p, const struct finding_part *x);
/* So many more goroutines wait, too. */
void plight_omit(struct plight *p, uint64_t n);
/* Hands it out and frees it. */
void plight_emit(struct plight *p);

/* The time that waits for such an object are measured by: a seed's counted time does not pass for threads. */
uint64_t plight_now_ns(unsigned kind);

#endif
