/* Hashes what a schedule does: footprint.h says what for. Nothing of it depends on where goro-race has put things: of a place
 * outside of the program's own file it only counts that it is outside. */
#include "instrument/footprint.h"
#include "instrument/front.h"
#include "instrument/trace_out.h"

bool footprint_on;
static bool accesses_told;
static uint64_t hash, count;

void footprint_begin(bool tells) {
    footprint_on = true;
    accesses_told = tells;
    hash = count = 0;
}

/* A multiplication and a rotation for each word: FxHash's step, as in Firefox and rustc. */
static void add(uint64_t word) { hash = ((hash << 5 | hash >> 59) ^ word) * UINT64_C(0x517cc1b727220a95); }

static uint64_t place_of(uint64_t pc) {
    return pc - front_code.low < front_code.high - front_code.low ? pc - front_code.low : 0;
}

void footprint_event(const struct det_task *task, unsigned what, unsigned object, uint64_t pc) {
    if (task && det_task_is_thread(task)) return;
    count++;
    add(task ? det_task_id(task) : 0);
    add((uint64_t)what << 8 | object);
    add(place_of(pc));
}

void footprint_access(uintptr_t address, unsigned kind, uintptr_t pc) {
    const struct det_task *t = front_task();
    if (front_self.is_thread) return;
    if (accesses_told) trace_out_record(t, WIRE_EVENT_ACCESS, kind, address, kind, pc);
    else footprint_event(t, WIRE_EVENT_ACCESS, kind, pc);
}

void footprint_forked(void) {
    if (!footprint_on) return;
    footprint_on = trace_on = false;
    front_options.trace = 0;
}

uint64_t footprint_hash(uint64_t *events) {
    *events = count;
    return hash;
}
