/* Plain accesses of one granule that the fast path did not know, where nothing is out of the ordinary: the world goes on, the
 * page is open to this task, its site is at hand, and two cells say what was and what is (step.h).
 *
 * Most accesses in a new epoch are so, and each byte of a text. There is one function for each kind, without a call, so that
 * all stays in registers and no frame is needed; whatever is missing is left to a call at the end. (The general form, with all
 * this in one function: 150 instructions more or less, here 80.)
 *
 * Threads: as access.c. */
#include "detector/access.h"
#include "detector/granule.h"
#include "detector/step.h"
#include "detector/tenancy.h"
#include "detector/world.h"

/* As put_granule, but only what such an access may have changed. */
GORO_INLINE void put_step(struct shadow_granule *at, const struct granule *g, bool write, bool locks) {
    at->sites[0] = g->ws;
    if (!write) at->sites[1] = g->rs;
    __atomic_store_n(&at->cells[1], g->r, __ATOMIC_RELAXED);
    if (write || locks) __atomic_store_n(&at->cells[0], g->w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
}

/* Inside. False: not done; *at not NULL: the granule has been taken. */
GORO_INLINE bool step_plainly(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool parallel,
                              struct shadow_granule **at, struct taking *how) {
    uint64_t mask = cell_bytes(address, size);
    const struct shadow_page *page;
    struct shadow_granule *found;
    struct shadow_chunk *c;
    struct granule g;

    if (t->word & CELL_ATOMIC) __builtin_unreachable(); /* a task's word has no flags */
    if (unlikely(address >> ADDRESS_BITS) || unlikely(!(c = shadow_chunk_of(address)))) return false;
    page = &c->pages[shadow_page_of(address)];
    if (unlikely(__atomic_load_n(&page->word, __ATOMIC_RELAXED) != PAGE_TOUCHED)) return false;
    if (parallel) {
        int32_t tenant = __atomic_load_n(&page->tenant, __ATOMIC_ACQUIRE); /* as tenancy_of */

        how->locks = tenant != t->trail.tenant;
        if (how->locks && unlikely(tenant != TENANT_SHARED)) return false;
    }
    how->site = trail_known_site(&t->trail, pc);
    if (unlikely(!how->site)) return false;
    t->touched = t->stamp; /* this epoch has been used */
    found = shadow_at(c, address);
    if (!how->locks) g.w = found->cells[0];
    else if (unlikely(!try_lock_cell(found->cells, &g.w))) return false;
    *at = found;
    g.r = found->cells[1];
    g.ws = found->sites[0];
    g.rs = found->sites[1];
    if (unlikely(!step_cells(t, t->word, how->site, how->write, mask, &g, STEP_BRIEFLY))) return false;
    put_step(found, &g, how->write, how->locks);
    return true;
}

GORO_INLINE void leave_to_slow(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool write) {
    det_access_slow(t, address, size, write ? DET_WRITE : DET_READ, pc);
}

/* The same for the first thread, as long as it has the engine to itself. */
GORO_INLINE void make_alone(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool write) {
    struct shadow_granule *at = NULL;
    struct taking how = {.write = write};
    ENGINE_SECTION;

    if (likely(engine_section)) {
        if (likely(world_pass(t) == GATE_SINGLE)) {
            if (likely(step_plainly(t, address, size, pc, false, &at, &how))) {
                world_leave(t);
                return;
            }
            if (at) {
                access_taken(t, address, size, pc, at, how);
                return;
            }
        }
        world_leave(t);
    }
    leave_to_slow(t, address, size, pc, write);
}

static GORO_NOINLINE void read_alone(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_alone(t, address, size, pc, false);
}
static GORO_NOINLINE void write_alone(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_alone(t, address, size, pc, true);
}

GORO_INLINE void make_plainly(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool write) {
    struct shadow_granule *at = NULL;
    struct taking how = {.write = write};
    uint32_t gate;

    if (unlikely(t->ignore)) return;
    gate = world_pass(t);
    if (likely(!gate)) {
        if (likely(step_plainly(t, address, size, pc, true, &at, &how))) {
            world_leave(t);
            return;
        }
        if (at) {
            access_taken(t, address, size, pc, at, how);
            return;
        }
    }
    world_leave(t);
    if (gate == GATE_SINGLE) (write ? write_alone : read_alone)(t, address, size, pc);
    else leave_to_slow(t, address, size, pc, write);
}

void det_read_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_plainly(t, address, size, pc, false);
}
void det_write_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_plainly(t, address, size, pc, true);
}
