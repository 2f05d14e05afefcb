/* See snapshot.h.
 *
 * How the program is spared: the child has no exit signal, so that its end raises none, and only a wait with __WALL or __WCLONE
 * sees it; it shares the table of descriptors (CLONE_FILES), so that a descriptor which the program closes meanwhile is
 * closed; all signals are blocked before it begins; no debugger is told of it (CLONE_UNTRACED). It dies with the thread
 * that made it, of SIGKILL.
 *
 * Always true
 *  1. In the child only `work` is called, and system calls that open, close and write nothing.
 *  2. `child` is waited for by nobody but us, so its number is nobody else's until then.
 *
 * Not done: a copy of the descriptors, to be closed at once (until the child first runs, a pipe whose end the program closes
 * would stay open); a thread in place of a process (the memory would change under it). */
#include "instrument/snapshot.h"
#include "runtime/base/base.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct snapshot_shared {
    uint32_t done; /* futex; release in the child, acquire in snapshot_wait */
    int64_t used_ns;
    uint64_t out[] __attribute__((aligned(16)));
};

bool snapshot_allowed(void) {
    static int at_first = -1;
    int mode = prctl(PR_GET_SECCOMP);
    if (at_first < 0) at_first = mode;
    return mode == at_first;
}

bool snapshot_prepare(struct snapshot *s, size_t bytes) {
    goro_assert(!s->shared);
    s->bytes = sizeof *s->shared + bytes;
    void *p = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p != MAP_FAILED) s->shared = p;
    return s->shared;
}

static void give_back(struct snapshot *s) {
    munmap(s->shared, s->bytes);
    *s = (struct snapshot){0};
}

/* -- the child -------------------------------------------------------------------------------------------------------------- */

static int64_t used_ns(void) {
    struct timespec t = {0};
    syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static _Noreturn void live(struct snapshot_shared *shared, pid_t parent, void (*work)(void *arg, void *out),
                           void *arg) {
    syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    syscall(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core of it, should it fail */
    syscall(SYS_prctl, PR_SET_NAME, "goro-snapshot", 0, 0, 0);
    if (syscall(SYS_getppid) == parent) {
        work(arg, shared->out);
        shared->used_ns = used_ns();
        __atomic_store_n(&shared->done, 1, __ATOMIC_RELEASE);
        syscall(SYS_futex, &shared->done, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    for (;;) syscall(SYS_exit_group, 0);
}

bool snapshot_take(struct snapshot *s, void (*work)(void *arg, void *out), void *arg) {
    enum { MASK_BYTES = 8 };
    uint64_t all = UINT64_MAX, before;
    pid_t parent = (pid_t)syscall(SYS_getpid);
    int saved = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, MASK_BYTES);
    long child = syscall(SYS_clone, CLONE_FILES | CLONE_UNTRACED, NULL, NULL, NULL, NULL);
    if (child == 0) live(s->shared, parent, work, arg);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, MASK_BYTES);
    errno = saved;
    s->child = (int32_t)child;
    s->parent = parent;
    if (child < 0) give_back(s);
    return child > 0;
}

/* -- the parent --------------------------------------------------------------------------------------------------------------- */

static bool is_ours(const struct snapshot *s) { return s->parent == (pid_t)syscall(SYS_getpid); }

/* Has it ended? If so it is no more. Somebody may have waited for it in our stead. */
static bool reap(struct snapshot *s, int options) {
    long e;
    do e = syscall(SYS_wait4, s->child, NULL, options | __WALL, NULL);
    while (e < 0 && errno == EINTR);
    if (e == 0) return false;
    s->child = 0;
    return true;
}

static bool is_done(const struct snapshot *s) { return __atomic_load_n(&s->shared->done, __ATOMIC_ACQUIRE); }

enum snapshot_state snapshot_wait(struct snapshot *s, int64_t ns) {
    enum { LOOK_NS = 10000000 }; /* one that dies wakes nobody */
    int saved = errno;
    enum snapshot_state state = SNAPSHOT_WORKS;
    if (!s->shared) return SNAPSHOT_NONE;
    if (!is_ours(s)) return SNAPSHOT_FAILED;
    for (;;) {
        bool ended = !s->child || reap(s, WNOHANG);
        if (is_done(s)) state = SNAPSHOT_DONE;
        else if (ended) state = SNAPSHOT_FAILED;
        if (state != SNAPSHOT_WORKS || ns <= 0) break;
        struct timespec turn = {.tv_nsec = ns < LOOK_NS ? ns : LOOK_NS};
        syscall(SYS_futex, &s->shared->done, FUTEX_WAIT, 0, &turn, NULL, 0);
        ns -= turn.tv_nsec;
    }
    errno = saved;
    return state;
}

const void *snapshot_result(const struct snapshot *s) { return s->shared->out; }
int64_t snapshot_used_ns(const struct snapshot *s) { return s->shared->used_ns; }

void snapshot_drop(struct snapshot *s) {
    int saved = errno;
    if (!s->shared) return;
    if (is_ours(s) && s->child && !reap(s, WNOHANG)) {
        syscall(SYS_kill, s->child, SIGKILL);
        reap(s, 0);
    }
    give_back(s);
    errno = saved;
}
