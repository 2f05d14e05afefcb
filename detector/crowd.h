/* A crowd: the entries of one granule when they are too many for a history, such as 10,000 goroutines that have read
 * one word since its last write. Belongs to one granule, is changed in place under its lock.
 *
 * Exact at any number; a reader finds and replaces its own entry in constant time. */
#ifndef GORO_DETECTOR_CROWD_H
#define GORO_DETECTOR_CROWD_H

#include "detector/history.h"

struct crowd;
/* NULL: no memory (the caller says so). */
struct crowd *crowd_new(const struct entry *entries, unsigned n);
void crowd_free(struct crowd *c);

/* Applies the access. Returns how many entries are left if these are at most HISTORY_MAX / 2: they have then been
 * stored in `entries` and the crowd should be freed. Else HISTORY_MAX + 1. */
unsigned crowd_step(struct crowd *c, struct access *a, uint64_t mask, struct entry *entries);
/* Takes the bytes of `mask` out of every entry. */
void crowd_forget(struct crowd *c, uint64_t mask);
void crowd_mark(const struct crowd *c);
uint32_t crowd_size(const struct crowd *c);
void crowd_check(const struct crowd *c);

#endif
