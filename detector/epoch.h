/* Epochs: when an access was made, as one word.
 *
 * Every task owns a *slot* and counts its own *epochs* there: 1, 2, … one more at each publication of its clock. A
 * (slot, epoch) pair, packed into the low 53 bits of a word, is a *stamp*: what the shadow keeps of an access. The
 * eleven bits above are the shadow's own (byte mask, flags).
 *
 * Always true
 *  1. Epoch 0 is never: no access has it, every clock knows it. So the word 0 is no stamp.
 *  2. An epoch never wraps. A task whose epoch reaches epoch_limit goes on in a fresh slot (slot.c).
 *  3. A stamp is published at most once, with all its task knew at that moment: a clock that knows (slot, epoch) of a
 *     foreign slot contains everything its owner knew at the end of that epoch. clock.h builds on this. */
#ifndef GORO_DETECTOR_EPOCH_H
#define GORO_DETECTOR_EPOCH_H

#include "runtime/base/base.h"

enum { EPOCH_BITS = 29, SLOT_BITS = 24, STAMP_BITS = EPOCH_BITS + SLOT_BITS };

#define EPOCH_MAX ((uint32_t)((1u << EPOCH_BITS) - 1)) /* also what a clock that knows everything says */
#define SLOT_NONE ((uint32_t)((1u << SLOT_BITS) - 1))  /* of a task that got no slot: its accesses are not recorded */
#define SLOT_NOBODY (SLOT_NONE - 1)                    /* never given out: no clock knows it but one that knows all */
#define STAMP_MASK (((uint64_t)1 << STAMP_BITS) - 1)

_Static_assert(STAMP_BITS + 8 + 3 == 64, "a shadow cell is a stamp, a mask of eight bytes and three flags");
_Static_assert(EPOCH_BITS < 31, "epochs are compared as signed 32-bit numbers by SSE2");

GORO_INLINE uint64_t stamp_make(uint32_t slot, uint32_t epoch) { return (uint64_t)slot << EPOCH_BITS | epoch; }
/* Bits above the stamp are ignored. */
GORO_INLINE uint32_t stamp_epoch(uint64_t stamp) { return (uint32_t)stamp & EPOCH_MAX; }
GORO_INLINE uint32_t stamp_slot(uint64_t stamp) { return (uint32_t)(stamp >> EPOCH_BITS) & SLOT_NONE; }

/* A certificate (task.h) that no clock can meet but one that knows everything. */
#define BASE_NEVER stamp_make(SLOT_NOBODY, EPOCH_MAX)

#endif
