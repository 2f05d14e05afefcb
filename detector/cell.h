/* The words of the shadow: how an access is written down.
 *
 *     cell   63     stamp (53 bits)     11 | 10 seen | 9 lock, freed | 8 atomic | 7   byte mask   0
 *     site   31 extended | 30 write, mixed | 29 mark | 28 freed | 27   path (28 bits)   0
 *
 * A cell says who and when (epoch.h) and which of a granule's eight bytes; its site where from: an interned call
 * path that ends in the access's pc (path.h). The mask lies lowest so that "this task, this epoch, all eight bytes" is
 * one comparison with an immediate.
 *
 * Always true
 *  1. A cell of 0 is no access. CELL_NOBODY is one that no task can match: its epoch is 0.
 *  2. Bit 9 is only set in a granule: the lock in the first cell, in shadow memory alone; CELL_FREED in the second. Bit 10
 *     only in the first cell of a granule with a history.
 *  3. SITE_WRITE only occurs inside histories (history.h), where reads and writes lie side by side; SITE_EXTENDED
 *     only in a granule, where the other 31 bits are then a history's handle; SITE_MIXED only in a granule, where the
 *     path is then a list of sites (mixture.h). */
#ifndef GORO_DETECTOR_CELL_H
#define GORO_DETECTOR_CELL_H

#include "detector/epoch.h"

enum { GRANULE_BITS = 3, GRANULE_BYTES = 1 << GRANULE_BITS, CELL_STAMP_SHIFT = 11 };

#define CELL_MASK ((uint64_t)0xff)
#define CELL_ATOMIC ((uint64_t)1 << 8)
#define CELL_LOCK ((uint64_t)1 << 9)  /* in a granule's first cell */
#define CELL_FREED ((uint64_t)1 << 9) /* in its second: not a read but the free of these bytes; no task matches it */
#define CELL_SEEN ((uint64_t)1 << 10)  /* these bytes were not written but read: a second reader beside the second cell */
#define CELL_NOBODY CELL_MASK
_Static_assert(CELL_STAMP_SHIFT + STAMP_BITS == 64, "a cell is a stamp, three flags and a mask");

#define SITE_FREED ((uint32_t)1 << 28)
#define SITE_MARK ((uint32_t)1 << 29)
#define SITE_WRITE ((uint32_t)1 << 30)
#define SITE_MIXED ((uint32_t)1 << 30) /* in a granule: the bytes have several sites */
#define SITE_EXTENDED ((uint32_t)1 << 31)
#define SITE_PATH (SITE_FREED - 1)

GORO_INLINE uint64_t cell_of_stamp(uint64_t stamp) { return stamp << CELL_STAMP_SHIFT; }
GORO_INLINE uint64_t cell_stamp(uint64_t cell) { return cell >> CELL_STAMP_SHIFT; }
/* Same task, same epoch? */
GORO_INLINE bool cell_same_stamp(uint64_t a, uint64_t b) { return (a ^ b) >> CELL_STAMP_SHIFT == 0; }
/* The mask of `size` bytes from `address`; bits above the eighth are bytes of the next granule. */
GORO_INLINE uint64_t cell_bytes(uintptr_t address, size_t size) {
    return (((uint64_t)1 << size) - 1) << (address & (GRANULE_BYTES - 1));
}
/* The others' of its granule, of an access that crosses none: a rotation of one byte, for which no instruction masks the
 * count. */
GORO_INLINE uint64_t cell_bytes_left(uintptr_t address, size_t size) {
    uint8_t left = (uint8_t)(CELL_MASK << size);
    unsigned by = address & (GRANULE_BYTES - 1);
    return (uint8_t)(left << by | left >> (-by & (GRANULE_BYTES - 1)));
}
/* Does `cell` say that the task and flags of `word` (mask 0) have all bytes of `mask`? */
GORO_INLINE bool cell_covers(uint64_t cell, uint64_t word, uint64_t mask) {
    if (__builtin_constant_p(mask) && mask == CELL_MASK) return cell == (word | CELL_MASK);
    return ((cell ^ word) | (mask ^ CELL_MASK)) == CELL_MASK;
}

/* The same of a first cell, for a read. */
GORO_INLINE bool cell_covers_read(uint64_t cell, uint64_t word, uint64_t mask) {
    return cell_covers(cell & ~CELL_SEEN, word, mask);
}

#endif
