/* The inlined part of the facade: what an instrumented program does at every access and every call.
 *
 * Kept small on purpose: the same-epoch test of FastTrack (Flanagan and Freund, PLDI 2009) and nothing else; all
 * other cases go to det_access_slow. tests/unit/detector/fast_path.sh pins the number of instructions. */
#ifndef GORO_DETECTOR_ACCESS_H
#define GORO_DETECTOR_ACCESS_H

#include "detector/detector.h"
#include "detector/path.h"
#include "detector/shadow.h"
#include "detector/task.h"
#include "runtime/base/base.h"

/* An aligned or unaligned access of 1, 2, 4, 8 or 16 bytes. `size` and `kind` should be constants. */
GORO_INLINE void det_access(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc);
/* Function entry (pc: the return address of the call that entered it) and exit. */
GORO_INLINE void det_enter(struct det_task *t, uintptr_t pc);
GORO_INLINE void det_leave(struct det_task *t);

void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc);
/* The same of plain accesses within one granule (access_plain.c). */
void det_read_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc);
void det_write_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc);
/* And to all of one. */
void det_read_whole(struct det_task *t, uintptr_t address, uintptr_t pc);
void det_write_whole(struct det_task *t, uintptr_t address, uintptr_t pc);
/* And to all of two. */
void det_read_pair(struct det_task *t, uintptr_t address, uintptr_t pc);
void det_write_pair(struct det_task *t, uintptr_t address, uintptr_t pc);
void det_enter_slow(struct det_task *t, uintptr_t pc);

/* Has this task in this epoch already done as much to these bytes? Then nobody who would race with this access would
 * not race with that one. A read asks the write cell too: a write of one's own covers it. Relaxed loads, no lock: a
 * cell that names this task and epoch was put there by this task, and what others may have put meanwhile only
 * hides it (then the slow path decides). */
GORO_INLINE bool access_is_repeated(const struct det_task *t, uintptr_t address, uint64_t mask, unsigned kind) {
    const struct shadow_chunk *c = shadow_chunk_of(address);
    const uint64_t *cell;
    uint64_t word = t->word;

    if (unlikely(!c)) return false;
    cell = shadow_at(c, address)->cells;
    if (kind & DET_ATOMIC) word |= CELL_ATOMIC;
    if (!(kind & DET_WRITE))
        return likely(cell_covers(__atomic_load_n(&cell[1], __ATOMIC_RELAXED), word, mask)) ||
               cell_covers_read(__atomic_load_n(&cell[0], __ATOMIC_RELAXED), word, mask);
    return cell_covers(__atomic_load_n(&cell[0], __ATOMIC_RELAXED), word, mask);
}

GORO_INLINE void det_access(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    bool special = kind & (DET_FREE | DET_MARK), one_granule = size <= GRANULE_BYTES;

    if (!special && one_granule && likely((address & (size - 1)) == 0)) {
        if (likely(access_is_repeated(t, address, cell_bytes(address, size), kind))) return;
        if (!(kind & DET_ATOMIC)) {
            if (size == GRANULE_BYTES) (kind & DET_WRITE ? det_write_whole : det_read_whole)(t, address, pc);
            else (kind & DET_WRITE ? det_write_new : det_read_new)(t, address, size, pc);
            return;
        }
    }
    if (!special && size == 2 * GRANULE_BYTES && likely((address & (GRANULE_BYTES - 1)) == 0)) {
        if (likely(access_is_repeated(t, address, CELL_MASK, kind)) &&
            likely(access_is_repeated(t, address + GRANULE_BYTES, CELL_MASK, kind)))
            return;
        if (!(kind & DET_ATOMIC)) {
            (kind & DET_WRITE ? det_write_pair : det_read_pair)(t, address, pc);
            return;
        }
    }
    det_access_slow(t, address, size, kind, pc);
}

GORO_INLINE void det_enter(struct det_task *t, uintptr_t pc) {
    struct trail_frame *f = t->trail.top;

    if (unlikely(f == t->trail.limit)) {
        det_enter_slow(t, pc);
        return;
    }
    f->pc = pc;
    __atomic_store_n(&f->path, PATH_NONE, __ATOMIC_RELAXED); /* relaxed: trail_mark may be looking */
    __atomic_store_n(&t->trail.top, f + 1, __ATOMIC_RELAXED);
}

/* A front that came in the middle of a call may leave more often than it entered: the sentinel stays. */
GORO_INLINE void det_leave(struct det_task *t) {
    struct trail_frame *f = t->trail.top - 1;

    if (likely(f > t->trail.base)) __atomic_store_n(&t->trail.top, f, __ATOMIC_RELAXED);
}

#endif
