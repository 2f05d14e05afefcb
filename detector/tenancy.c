/* Moving a page from its tenant to another, or to all.
 *
 * Always true
 *  1. While a page is busy nobody changes its granules: the old tenant is waited for, all others wait here.
 *  2. A shared page stays shared.
 *
 * The order that matters: the tenant stores `inside`, then loads the page's tenant (world_enter, access.c); we store
 * TENANT_BUSY, then load `inside`. The membarrier between ours stands for the fence that the tenant does not pay for.
 *
 * Measured on two threads that sweep halves of an array of int between barriers: 0.27 s of CPU with locks only, 0.22 with
 * tenancy. Pages that threads hand on all the time (a queue of small messages) end up shared and gain nothing. */
#include "detector/tenancy.h"
#include "detector/world.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOVES_MAX = 2, THREADS_MAX = 1 << 30 };

/* Threads' numbers lie above those that tasks of kind DET_THREAD have from their slots. */
void det_task_on_thread(struct det_task *t, uint32_t thread) {
    int32_t tenant = thread < THREADS_MAX ? (int32_t)(SLOT_NONE + 2 + thread) : TENANT_NEVER;

    /* relaxed: an evictor that misses this store has passed its barrier before it, so the next load of the page's tenant
     * sees that it is busy */
    __atomic_store_n(&t->trail.page.tenant, tenant, __ATOMIC_RELAXED);
}

static void wait_for_tenant(struct det_task *t, void *arg) {
    if (__atomic_load_n(&t->trail.page.tenant, __ATOMIC_RELAXED) != *(int32_t *)arg) return;
    /* acquire: pairs with the release in world_leave */
    while (__atomic_load_n(&t->trail.inside, __ATOMIC_ACQUIRE)) sched_yield();
}

struct search {
    int32_t tenant;
    bool found;
};
static void look_at(struct det_task *t, void *arg) {
    struct search *s = arg;
    s->found |= __atomic_load_n(&t->trail.page.tenant, __ATOMIC_RELAXED) == s->tenant;
}

/* Has the tenant ended? The registry's lock, under which it left and any later thread of its number comes in, orders what
 * it wrote before us, and our TENANT_BUSY before what that one does. (A number of det_task_on_thread is taken up without
 * that lock.) */
static bool has_ended(int32_t tenant) {
    struct search s = {tenant, (uint32_t)tenant > SLOT_NONE + 1};
    if (!s.found) task_each_alive(look_at, &s);
    return !s.found;
}

/* Who takes page after page takes several at once: each costs all processors an interrupt, and a thread that reads what
 * another has written (a matrix) takes all of its pages in the end. */
static size_t take_following(struct shadow_chunk *c, size_t page, int32_t tenant) {
    enum { AT_ONCE = 8 };
    size_t n = 1;

    while (n < AT_ONCE && page + n < CHUNK_PAGES) {
        int32_t expected = tenant;

        if (!__atomic_compare_exchange_n(&c->pages[page + n].tenant, &expected, TENANT_BUSY, false, __ATOMIC_SEQ_CST,
                                         __ATOMIC_RELAXED))
            break;
        n++;
    }
    return n;
}

static size_t take_in_turn(struct shadow_chunk *c, size_t page, int32_t tenant, struct det_task *t) {
    uintptr_t address = c->base + page * PAGE_BYTES;
    size_t n = 1, i = 0;

    while (i < array_length(t->moved) && t->moved[i] != address) i++;
    if (i < array_length(t->moved)) n = take_following(c, page, tenant);
    else i = t->moves++ % array_length(t->moved);
    t->moved[i] = address + n * PAGE_BYTES;
    return n;
}

static void evict(struct shadow_chunk *c, size_t page, int32_t tenant, int32_t next, struct det_task *t) {
    size_t n = 1;

    if (has_ended(tenant)) {
        __atomic_store_n(&c->pages[page].tenant, next, __ATOMIC_RELEASE); /* as below */
        return;
    }
    if (t) n = take_in_turn(c, page, tenant, t);
    if (!(__atomic_load_n(&engine_gate, __ATOMIC_RELAXED) & GATE_FENCES))
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    task_each_alive(wait_for_tenant, &tenant);
    for (; n; n--, page++) {
        int32_t to = ++c->moves[page] > MOVES_MAX ? TENANT_SHARED : next;

        /* release: what the tenant wrote, we have seen; pairs with the acquire in tenancy_settle */
        __atomic_store_n(&c->pages[page].tenant, to, __ATOMIC_RELEASE);
    }
}

void tenancy_settle(struct shadow_chunk *c, size_t page, struct det_task *t) {
    int32_t mine = t && t->trail.page.tenant != TENANT_NEVER ? t->trail.page.tenant : TENANT_SHARED;

    for (;;) {
        int32_t tenant = __atomic_load_n(&c->pages[page].tenant, __ATOMIC_ACQUIRE); /* pairs with evict */

        if (tenant == TENANT_SHARED || tenant == mine) return;
        if (tenant == TENANT_BUSY) sched_yield();
        else if (__atomic_compare_exchange_n(&c->pages[page].tenant, &tenant, tenant ? TENANT_BUSY : mine, false,
                                             __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
            if (!tenant) return;
            evict(c, page, tenant, mine, t);
        }
    }
}
