/* Finds the call in whose frame a given address lies: the stack is unwound, frame by frame, and each that was entered in
 * instrumented code is told by its return address, which the trail has, too.
 *
 * Always true: an address is taken to be in a frame only if that frame's two ends are exactly known; else nothing is
 * watched.
 *
 * Not watched: main's own frame. When main returns the process ends.
 *
 * Threads: any, for its own task. */
#include "instrument/frames.h"
#include "instrument/front.h"
#include "runtime/hooks.h"
#include "runtime/running.h"

enum { FRAMES_MAX = 256 /* unwound for one address */ };

/* -- given ---------------------------------------------------------------------------------------------------------- */

/* From here up main's stack is its own function's, or libc's. 0: not known yet. Only main looks. */
static uintptr_t mains_frame;

static bool is_mains(const struct det_task *t, uintptr_t address) {
    return mains_frame && address >= mains_frame && t == front_main_task();
}

static void frame_found(struct det_task *t, uint32_t depth, uintptr_t low, uintptr_t high, uintptr_t address) {
    if (depth == 1 && t == front_main_task()) mains_frame = low;
    else det_watch(t, depth, low, high, address);
}

static GORO_NOINLINE void watch_frame_of(struct det_task *t, uintptr_t address) {
    struct running_call c = running_here();
    uint32_t depth = det_depth(t);
    for (unsigned n = 0; n < FRAMES_MAX && depth; n++) {
        uintptr_t low = c.sp;
        if (!c.pc || address < low || !running_to_caller(&c)) return;
        bool entered = det_call(t, depth) == c.pc;
        if (address < c.sp) {
            if (entered) frame_found(t, depth, low, c.sp, address);
            return;
        }
        depth -= entered;
    }
}

/* What main gives away itself lies in its own frame, or in one of code that is not instrumented: nothing to look for. (The first
 * frames that a process unwinds take a hundred times as long as the next, and an explored schedule's process is new.) */
static bool is_given_by_main(const struct det_task *t) { return t == front_main_task() && det_depth(t) <= 1; }

void frames_given_address(struct det_task *t, uintptr_t address) {
    if (is_given_by_main(t)) return;
    if (!is_mains(t, address) && !det_is_watched(t, address)) watch_frame_of(t, address);
}

/* -- left ----------------------------------------------------------------------------------------------------------- */

bool hook_objects_may_be_gone;

GORO_COLD void frames_left(uintptr_t pc) {
    struct running_call c = running_here();
    uintptr_t low;
    for (unsigned n = 0; c.pc && c.pc != pc && n < 4; n++)
        if (!running_to_caller(&c)) c.pc = 0;
    low = c.sp;
    if (c.pc != pc || !running_to_caller(&c)) low = c.sp = 0;
    __atomic_store_n(&hook_objects_may_be_gone, true, __ATOMIC_RELAXED);
    det_leave_watched(front_task(), low, c.sp, pc);
}
