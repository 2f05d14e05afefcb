/* All asleep: when is it certain that nothing will ever run again?
 *
 * No thread of ours runs or could run a goroutine, nothing is queued, the poller says that nothing pending can wake
 * anybody, and the process has no thread that is not ours: any other could still call in. When only such threads keep
 * the program from being stuck for certain, the monitor looks again ten times a second. Where they cannot be counted,
 * without /proc, a program that is stuck hangs: better than ending one that is not.
 *
 * Not done: counting foreign threads by wrapping pthread_create; libraries make threads by other ways, and
 * /proc/self/task is read only when all sleep. */
#include "runtime/proc.h"

#include <limits.h>
#include <sys/stat.h>

#ifdef GORO_TSAN
enum { SANITIZER_THREADS = 1 }; /* it keeps one in the background */
#else
enum { SANITIZER_THREADS = 0 };
#endif

/* With sched.mutex. Ours: main's, the M's and the monitor, and foreign ones that wait inside. */
unsigned foreign_threads_locked(void) {
    struct stat st;
    if (stat("/proc/self/task", &st)) return UINT_MAX; /* no /proc, or no memory: there may be some */
    unsigned waiting = 0;
    for (struct m *m = sched.all_ms; m; m = m->next) waiting += m->foreign && m->idle;
    uint64_t all = st.st_nlink - 2, known = sched.own_threads + waiting + SANITIZER_THREADS;
    return all > known ? (unsigned)(all - known) : 0;
}

bool asleep_but_for_time(void) {
    os_mutex_lock(&sched.mutex);
    bool asleep = sched.idle_m_count == sched.ms && !sched.global.count && !sched.stopping && !foreign_threads_locked();
    os_mutex_unlock(&sched.mutex);
    return asleep;
}

void asleep_check_locked(void) {
    if (sched.idle_m_count < sched.ms || sched.global.count || sched.stopping) return;
    if (sched.poller && sched.poller->can_wake()) return;
    if (foreign_threads_locked()) return;
    os_mutex_unlock(&sched.mutex);
    all_asleep();
}
