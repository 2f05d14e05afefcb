/* The clocks' tests need no shadow memory: weak stand-ins for what it provides, which the real ones replace. */
#ifndef GORO_TESTS_NO_SHADOW_H
#define GORO_TESTS_NO_SHADOW_H

#include "detector/access.h"
#include "detector/shadow.h"
#include "detector/task.h"

#define WEAK __attribute__((weak))

struct shadow_chunk *shadow_directory[DIRECTORY_ENTRIES] WEAK;
WEAK void task_trail_begin(struct det_task *t, struct det_task *parent, uintptr_t pc) { (void)t, (void)parent, (void)pc; }
WEAK void task_trail_end(struct det_task *t) { (void)t; }
WEAK void shadow_engine_init(void) {}
WEAK void shadow_engine_fini(void) {}
WEAK void shadow_engine_stats(struct det_stats *out) { (void)out; }
WEAK void shadow_check(void) {}
WEAK void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    (void)t, (void)address, (void)size, (void)kind, (void)pc;
}

#endif
