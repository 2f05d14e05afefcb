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
/* Is the address on the task's stack? */
GORO_INLINE bool det_on_stack(const struct det_task *t, uintptr_t address) {
    return address - t->stack_low < t->stack_high - t->stack_low;
}
/* False: that frame is watched, or there is none; then it is det_leave_watched's. */
GORO_INLINE bool det_leave(struct det_task *t);

void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc);
/* The same of plain accesses to the bytes of `mask`, from address on, in one granule, `at`, of the chunk c
 * (access_plain.c). */
void det_read_new(struct det_task *t, uintptr_t address, uintptr_t pc, uint64_t mask, struct shadow_chunk *c,
                  struct shadow_granule *at);
void det_write_new(struct det_task *t, uintptr_t address, uintptr_t pc, uint64_t mask, struct shadow_chunk *c,
                   struct shadow_granule *at);
/* And to all of one. */
void det_read_whole(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                    struct shadow_granule *at);
void det_write_whole(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                     struct shadow_granule *at);
/* And to all of two. */
void det_read_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                   struct shadow_granule *at);
void det_write_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                    struct shadow_granule *at);
void det_enter_slow(struct det_task *t, uintptr_t pc);
/* DET_READ | DET_MARK of a whole granule, which the task has to itself if it is the task's place among several. */
GORO_INLINE void det_mark(struct det_task *t, uintptr_t address, uintptr_t pc);
void det_mark_new(struct det_task *t, uintptr_t address, uintptr_t pc);
/* Where a task puts its marks of an object, in bytes from the first of DET_MARK_PLACES granules: tasks that use it by turns would
 * need a list of reads in one granule (490 instructions a mark, for 150). */
enum { DET_MARK_PLACES = 8 };
GORO_INLINE uintptr_t det_mark_place(const struct det_task *t) {
    return (uintptr_t)(t->slot % DET_MARK_PLACES) * GRANULE_BYTES;
}

/* Has the task of `word` in this epoch already done as much to these bytes? Then nobody who would race with this access
 * would not race with that one. A read asks the write cell too: a write of one's own covers it. Relaxed loads, no lock: a
 * cell that names this task and epoch was put there by this task, and what others may have put meanwhile only
 * hides it (then the slow path decides). */
GORO_INLINE bool granule_is_repeated(const struct shadow_granule *at, uint64_t word, uint64_t mask, unsigned kind) {
    if (kind & DET_WRITE) return cell_covers(__atomic_load_n(&at->cells[0], __ATOMIC_RELAXED), word, mask);
    return likely(cell_covers(__atomic_load_n(&at->cells[1], __ATOMIC_RELAXED), word, mask)) ||
           cell_covers_read(__atomic_load_n(&at->cells[0], __ATOMIC_RELAXED), word, mask);
}

GORO_INLINE bool access_is_repeated(const struct det_task *t, uintptr_t address, uint64_t mask, unsigned kind) {
    const struct shadow_chunk *c = shadow_chunk_of(address);

    return likely(c) &&
           granule_is_repeated(shadow_at(c, address), t->word | (kind & DET_ATOMIC ? CELL_ATOMIC : 0), mask, kind);
}

/* The slow path of a plain access that does not cross a granule, or is to two whole ones. */
GORO_INLINE void access_new(struct det_task *t, uintptr_t address, size_t size, uint64_t mask, unsigned kind,
                            uintptr_t pc, struct shadow_chunk *c, struct shadow_granule *at) {
    bool write = kind & DET_WRITE;

    if (size > GRANULE_BYTES) (write ? det_write_pair : det_read_pair)(t, address, pc, c, at);
    else if (size == GRANULE_BYTES) (write ? det_write_whole : det_read_whole)(t, address, pc, c, at);
    else (write ? det_write_new : det_read_new)(t, address, pc, mask, c, at);
}

GORO_INLINE void det_access(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    bool special = kind & (DET_FREE | DET_MARK), two = size == 2 * GRANULE_BYTES;
    size_t alignment = two ? GRANULE_BYTES : size;
    uint64_t word = t->word | (kind & DET_ATOMIC ? CELL_ATOMIC : 0);
    uint64_t mask = size >= GRANULE_BYTES ? CELL_MASK : cell_bytes_left(address, size) ^ CELL_MASK;

    if (!special && (two || size <= GRANULE_BYTES) && likely((address & (alignment - 1)) == 0)) {
        struct shadow_chunk *c = shadow_chunk_of(address);
        struct shadow_granule *at = shadow_at(c, address);

        if (likely(c)) {
            /* behind the last granule of a chunk is an empty one */
            if (likely(granule_is_repeated(at, word, mask, kind)) &&
                (!two || likely(granule_is_repeated(at + 1, word, mask, kind))))
                return;
            if (!(kind & DET_ATOMIC)) {
                access_new(t, address, size, mask, kind, pc, c, at);
                return;
            }
        }
    }
    det_access_slow(t, address, size, kind, pc);
}

GORO_INLINE void det_mark(struct det_task *t, uintptr_t address, uintptr_t pc) {
    if (!access_is_repeated(t, address, CELL_MASK, DET_READ)) det_mark_new(t, address, pc);
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
GORO_INLINE bool det_leave(struct det_task *t) {
    struct trail_frame *f = t->trail.top - 1;

    if (unlikely(f <= t->trail.floor)) return false;
    __atomic_store_n(&t->trail.top, f, __ATOMIC_RELAXED);
    return true;
}

#endif
