/* Is one thread alone inside the runtime?
 *
 * Locked instructions are most of the cost of a channel operation, and one who is alone needs none (base/atomic.h). With
 * GOMAXPROCS=1 there is never a second one; with more there is none most of the time in a program whose goroutines wait
 * for each other. So atomic_multi follows the number of threads that have a P:
 *
 *  * One who gets a P while another is inside as one who is alone is gated: he asks for the other's attention, and goes in
 *    when that one has answered (at his next enter, or in the scheduler: he then holds no lock, and each operation from
 *    there on is a locked one), or is seen outside behind a barrier, where he stays until the mutex is released
 *    (barrier.h; the same as the retaking of a P).
 *  * When all but one have given their P's back, the last one may be told at any time: his locked instructions and his plain
 *    ones go together well while he is alone.
 *
 * A change costs two threads some microseconds; a program in which they come and go faster than SOLOS_PER_TICK stays as it
 * is until the monitor finds one of them alone.
 *
 * Always true, under sched.mutex:
 *  1. While atomic_multi is false at most one of those who have a P is not gated.
 *  2. Who is gated does nothing inside but under sched.mutex, or to the run queue of his own P.
 *
 * Measured, ns with GOMAXPROCS=2, locked throughout / so (Zen, two runs of bench/run): mutex 11.4 / 2.9, ping-pong 41 / 29,
 * item of a buffered channel 13.6 / 6.1, select over eight 104 / 56, context with timeout 78 / 49; worker pool 36 / 33.
 * The idea, to make an uncontended operation cheap and have the one who disturbs it pay, is biased locking (Russell and
 * Detlefs 2006); here one bias is for all locks.
 *
 * Threads: as said at each. */
#include "runtime/barrier.h"
#include "runtime/proc.h"

#include <sched.h>

enum { SOLOS_PER_TICK = 2 };

void solo_owned_locked(struct m *m) {
    sched.owners++;
    if (atomic_multi || sched.owners == 1) return;
    m->gated = true;
    sched.gated++;
}

void solo_disowned_locked(struct m *m) {
    sched.owners--;
    if (!m->gated) return;
    m->gated = false;
    sched.gated--;
}

static void set_multi_locked(bool multi) {
    __atomic_store_n(&atomic_multi, multi, __ATOMIC_RELEASE); /* pairs with atomic_is_multi */
}

void solo_if_last_locked(void) {
    static uint32_t tick, changes; /* sched.mutex */
    if (!atomic_multi || sched.owners != 1) return;
    if (tick != hint_get(sched.monitor_ticks)) {
        tick = hint_get(sched.monitor_ticks);
        changes = 0;
    }
    if (changes++ < SOLOS_PER_TICK) set_multi_locked(false);
}

void solo_tick(void) {
    if (!atomic_is_multi()) return;
    os_mutex_lock(&sched.mutex);
    if (sched.owners <= 1) set_multi_locked(false);
    os_mutex_unlock(&sched.mutex);
}

/* The one who is inside, or may go in, without regard to others. NULL: nobody, or atomic_multi is true. */
static const struct p *soloist_locked(void) {
    if (atomic_multi) return NULL;
    for (unsigned i = 0; i < sched.nprocs; i++)
        if (sched.ps[i]->m && !sched.ps[i]->m->gated) return sched.ps[i];
    return NULL;
}

void solo_answer_locked(const struct m *m) {
    lock_assert_none();
    if (sched.gated && m->p && !m->gated) set_multi_locked(true);
}

static void open_locked(struct m *m) {
    m->gated = false;
    sched.gated--;
}

/* One who calls into the runtime answers within a microsecond, or when he has turned the wheel of timers. A barrier interrupts all
 * processors, tens of microseconds on a virtual machine, and is for who is long outside: with GOMAXPROCS=2 barriers were a third of the
 * CPU time of 100,000 timers. */
static bool answers_soon(void) {
    enum { YIELDS = 16, LOOKS = 64 };
    for (int i = 0; i < YIELDS; i++) {
        for (int k = 0; k < LOOKS && !atomic_is_multi(); k++) cpu_relax();
        if (atomic_is_multi()) return true;
        sched_yield(); /* he may wait for this processor */
    }
    return false;
}

bool solo_pass(struct m *m) {
    os_mutex_lock(&sched.mutex);
    const struct p *p = soloist_locked();
    struct m *other = p ? p->m : NULL;
    if (other) attention_ask(other);
    else if (m->gated) open_locked(m);
    os_mutex_unlock(&sched.mutex);
    if (!other) return true;
    if (answers_soon()) return false; /* and is let in when he asks again */

    barrier_all();
    os_mutex_lock(&sched.mutex);
    if (soloist_locked() == p && owner_kept_out_locked(p, other)) set_multi_locked(true);
    bool open = !m->gated || !soloist_locked();
    if (open && m->gated) open_locked(m);
    os_mutex_unlock(&sched.mutex);
    if (!open) sched_yield();
    return open;
}

void solo_check_locked(void) {
    unsigned owners = 0, gated = 0;
    for (unsigned i = 0; i < sched.nprocs; i++) {
        const struct m *m = sched.ps[i]->m;
        owners += m != NULL;
        gated += m && m->gated;
    }
    goro_assert(owners == sched.owners && gated == sched.gated);
    goro_assert(atomic_multi || owners <= gated + 1);
}
