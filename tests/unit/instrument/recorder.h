/* A stand-in of the detector's facade that records the calls a front makes. For tests of instrument/ only. */
#ifndef GORO_TEST_RECORDER_H
#define GORO_TEST_RECORDER_H

#include "detector/detector.h"

enum event_kind {
    EVENT_NONE, EVENT_ACCESS, EVENT_RANGE, EVENT_ENTER, EVENT_ATOMIC_BEGIN, EVENT_ATOMIC_END, EVENT_FENCE,
    EVENT_ACQUIRE, EVENT_RELEASE, EVENT_MERGE, EVENT_ALLOC, EVENT_FREE, EVENT_IGNORE, EVENT_LOCK, EVENT_UNLOCK,
    EVENT_FORGET, EVENT_UNWIND, EVENT_TRACED,
};
struct event {
    enum event_kind kind;
    uintptr_t address, pc;
    size_t size;
    unsigned flags; /* access kind, atomic operation, +1/-1 of ignore, what is traced */
    int order;
};
enum { EVENTS_MAX = 64 };
extern struct event events[EVENTS_MAX];
extern unsigned event_count;
void events_clear(void);
/* The only event of a kind since the last clear; fails the test if there is none or more than one. */
struct event *only(enum event_kind kind);

#endif
