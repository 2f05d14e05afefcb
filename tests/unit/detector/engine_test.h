/* For the engine's unit tests: an engine that keeps what it finds, and words to drive it. Every access has a pc of its
 * own, so that a finding tells which two they were. */
#ifndef GORO_TESTS_ENGINE_TEST_H
#define GORO_TESTS_ENGINE_TEST_H

#include "detector/access.h"
#include "detector/detector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct found {
    char code[8];
    uintptr_t now, then; /* pcs */
    uintptr_t address, then_address;
    size_t then_size;
    unsigned now_kind, then_kind;
    uint32_t now_frames, then_frames, now_omitted, then_omitted;
    uint64_t now_task, then_task;
    enum finding_memory memory;
};

enum { FOUND_MAX = 1 << 16 };
static struct found found[FOUND_MAX];
static unsigned found_count;
static const char *degraded_text;
static void (*found_also)(const struct finding *f); /* a test's own look at the whole finding */

static inline void keep_finding(const struct finding *f, void *arg) {
    const struct finding_access *a = f->accesses;
    struct found *x = &found[found_count++ % FOUND_MAX];

    (void)arg;
    memset(x, 0, sizeof *x);
    memcpy(x->code, f->code, sizeof x->code);
    x->now = a[0].stack.count ? a[0].stack.frames[0] : 0;
    x->then = a[1].stack.count ? a[1].stack.frames[0] : 0;
    x->now_frames = a[0].stack.count, x->then_frames = a[1].stack.count;
    x->now_omitted = a[0].stack.omitted, x->then_omitted = a[1].stack.omitted;
    x->address = a[0].address;
    x->then_address = a[1].address, x->then_size = a[1].size;
    x->now_kind = a[0].kind, x->then_kind = a[1].kind;
    x->now_task = f->tasks[a[0].task].id;
    x->then_task = f->tasks[a[1].task].id;
    x->memory = f->memory;
    if (found_also) found_also(f);
}

static inline void keep_degraded(const char *what, void *arg) {
    (void)arg;
    degraded_text = what;
}

enum engine_mode { ENGINE_PARALLEL, ENGINE_SINGLE, ENGINE_ALONE /* parallel when a second thread comes */ };

static inline void engine_start_as(enum engine_mode mode, size_t limit) {
    struct det_config c = {.emit = keep_finding,
                           .degraded = keep_degraded,
                           .single = mode == ENGINE_SINGLE,
                           .alone = mode == ENGINE_ALONE,
                           .memory_limit_bytes = limit};

    found_count = 0;
    degraded_text = NULL;
    found_also = NULL;
    det_init(&c);
}

static inline void engine_start(bool single, size_t limit) {
    engine_start_as(single ? ENGINE_SINGLE : ENGINE_PARALLEL, limit);
}

static inline struct det_task *main_task(void) { return det_task_new(NULL, DET_MAIN, 1, 0, 0); }
static inline struct det_task *child_of(struct det_task *p, uint64_t id) {
    return det_task_new(p, DET_GOROUTINE, id, 0x900000 + id, 0x800000 + id);
}

/* One edge: everything a did is before what b does next. */
static inline void order(struct det_task *a, struct det_task *b) {
    struct det_sync *s = det_sync_new();

    det_release(a, s);
    det_acquire(b, s);
    det_sync_free(s);
}

static inline void rd(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    switch (n) {
    case 1: det_access(t, address, 1, DET_READ, pc); break;
    case 2: det_access(t, address, 2, DET_READ, pc); break;
    case 4: det_access(t, address, 4, DET_READ, pc); break;
    case 8: det_access(t, address, 8, DET_READ, pc); break;
    case 16: det_access(t, address, 16, DET_READ, pc); break;
    default: det_range(t, address, n, DET_READ, pc);
    }
}
static inline void wr(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    switch (n) {
    case 1: det_access(t, address, 1, DET_WRITE, pc); break;
    case 2: det_access(t, address, 2, DET_WRITE, pc); break;
    case 4: det_access(t, address, 4, DET_WRITE, pc); break;
    case 8: det_access(t, address, 8, DET_WRITE, pc); break;
    case 16: det_access(t, address, 16, DET_WRITE, pc); break;
    default: det_range(t, address, n, DET_WRITE, pc);
    }
}

#endif
