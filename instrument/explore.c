/* The fork server: a schedule costs a fork, not the start of a program.
 *
 * Always true
 *  1. The server has one thread, has run nothing of main's, and sends no record of its own. A schedule says hello with its
 *     first finding; most have none, and send a goodbye only.
 *  2. A schedule is a process group of its own, so that what it starts can be ended with it; it ends with the server, and the
 *     server with goro-race.
 *  3. Its standard input, if that is a file, is read by nobody else.
 *
 * Raw system calls where the program has wrappers. */
#include "instrument/explore.h"
#include "instrument/decisions.h"
#include "instrument/dfs.h"
#include "instrument/footprint.h"
#include "instrument/front.h"
#include "instrument/sharing.h"
#include "instrument/strategy.h"
#include "instrument/surw.h"
#include "instrument/trace_out.h"
#include "instrument/wrap.h"
#include "detector/wire.h"
#include "runtime/running.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static struct {
    struct wire_schedule schedule;
    struct wire_decision decisions[WIRE_DECISIONS_MAX]; /* what comes behind them begins right behind the last */
    uint64_t rest[WIRE_SLEEP_MAX + WIRE_MARKS_MAX / 4 + WIRE_CHOICES_MAX / 8];
} asked;
_Static_assert(offsetof(__typeof__(asked), decisions) == sizeof asked.schedule, "decisions follow without a hole");
static struct wire_notes *notes; /* shared with the schedules' processes */

static const uint64_t *asked_sleep(void) { return (const uint64_t *)(asked.decisions + asked.schedule.decisions); }
static const uint16_t *asked_marks(void) { return (const uint16_t *)(asked_sleep() + asked.schedule.sleep_count); }
static const uint8_t *asked_choices(void) { return (const uint8_t *)(asked_marks() + asked.schedule.mark_count); }

static void send_packet(int fd, const struct iovec *parts, int count) {
    long n;
    do n = syscall(SYS_writev, fd, parts, count);
    while (n < 0 && errno == EINTR);
}

static void answer(int fd, enum wire_answer_kind kind, int64_t value) {
    struct wire_answer a = {.kind = kind, .value = value};
    send_packet(fd, &(struct iovec){&a, sizeof a}, 1);
}

static void answer_notes(int fd) {
    uint32_t count =
        notes->count <= WIRE_DECISIONS_MAX ? notes->count : 0; /* who shares it may have written anything */
    struct wire_answer a = {.kind = WIRE_ANSWER_NOTES, .value = notes->overflow};
    send_packet(fd, (struct iovec[]){{&a, sizeof a}, {notes->list, count * sizeof *notes->list}}, 2);
}

static bool is_asked(int fd) {
    const struct wire_schedule *s = &asked.schedule;
    long n;
    do n = syscall(SYS_read, fd, &asked, sizeof asked);
    while (n < 0 && errno == EINTR);
    if (n < (long)sizeof *s || s->decisions > WIRE_DECISIONS_MAX || s->sleep_count > WIRE_SLEEP_MAX ||
        s->mark_count > WIRE_MARKS_MAX || s->choice_count > WIRE_CHOICES_MAX)
        return false;
    if (n != asked_choices() + s->choice_count - (const uint8_t *)&asked) return false;
    sharing_learn(asked_marks(), s->mark_count);
    return true;
}

static bool wants_notes(void) { return asked.schedule.flags & (WIRE_SCHEDULE_NOTE | WIRE_SCHEDULE_FOLLOW); }

/* False: no memory. */
static bool prepare_notes(void) {
    if (!wants_notes()) return true;
    long at = (long)notes;
    if (!notes) at = syscall(SYS_mmap, NULL, sizeof *notes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1L, 0L);
    if (at == -1) return false;
    notes = (struct wire_notes *)at; /* NOLINT: an address, as the kernel gives it */
    notes->count = notes->overflow = 0;
    return true;
}

static bool is_alone(void) {
    struct stat st;
    return stat("/proc/self/task", &st) != 0 || st.st_nlink == 3;
}

static bool input_is_file;
static void look_at_input(void) {
    struct stat st;
    input_is_file = fstat(0, &st) == 0 && S_ISREG(st.st_mode);
}

/* Children share the position in a file that they inherit. */
static void own_input(void) {
    if (!input_is_file) return;
    off_t at = lseek(0, 0, SEEK_CUR);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/fd/0", O_RDONLY);
    if (fd < 0) return;
    lseek(fd, at, SEEK_SET);
    syscall(SYS_dup3, fd, 0, 0);
    syscall(SYS_close, fd);
}

/* The probe's output is nobody's concern, even if that of the schedule is. */
static void throw_output_away(void) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY);
    if (fd < 0) return;
    syscall(SYS_dup3, fd, 1, 0);
    syscall(SYS_dup3, fd, 2, 0);
    syscall(SYS_close, fd);
}

static void become_schedule(int fd) {
    const struct wire_schedule *s = &asked.schedule;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    syscall(SYS_close, fd);
    own_input();
    if (s->strategy == WIRE_STRATEGY_PROBE) throw_output_away();
    front_reseed(s->seed, s->strategy == WIRE_STRATEGY_PROBE ? 1 : s->seed); /* the probe is the same for all seeds */
    strategy_begin(s);
    if (wants_notes()) decisions_begin(s, asked.decisions, notes);
    if (s->strategy == WIRE_STRATEGY_DFS && !(s->flags & WIRE_SCHEDULE_FOLLOW)) {
        dfs_begin(asked_sleep(), s->sleep_count, asked_choices(), s->choice_count);
        trace_on = true; /* it learns from the events what is touched */
    }
    if (s->strategy == WIRE_STRATEGY_STEER && !(s->flags & WIRE_SCHEDULE_FOLLOW)) {
        strategy_steer(asked_sleep(), s->sleep_count);
        trace_on = true;
    }
    if (s->flags & WIRE_SCHEDULE_REORDER) det_reorder_begin();
    if (s->strategy == WIRE_STRATEGY_SURW) surw_begin(asked_sleep(), s->sleep_count);
    if (s->flags & WIRE_SCHEDULE_FOOTPRINT) {
        footprint_begin(s->flags & WIRE_SCHEDULE_EVENTS);
        trace_on = true;
    }
    front_act_for(front_self.task);
    if (!(s->flags & WIRE_SCHEDULE_EVENTS)) return;
    front_options.trace = 1;
    trace_out_start();
}

/* Did the handler come in a system call that slept, and goes on behind it (or has ended with EINTR)? Then its thread is in the
 * middle of nothing: what it may hold are locks of those that call into the kernel to wait, not malloc's. */
static bool came_in_a_call(const ucontext_t *c) {
#if defined(__x86_64__)
    static const uint8_t call[] = {0x0f, 0x05}; /* syscall */
    const uint8_t *at = (const uint8_t *)c->uc_mcontext.gregs[REG_RIP]; /* NOLINT: an address */
    bool ended = c->uc_mcontext.gregs[REG_RAX] == -EINTR;
#elif defined(__aarch64__)
    static const uint8_t call[] = {0x01, 0x00, 0x00, 0xd4}; /* svc #0 */
    const uint8_t *at = (const uint8_t *)c->uc_mcontext.pc; /* NOLINT: an address */
    bool ended = (int64_t)c->uc_mcontext.regs[0] == -EINTR;
#endif
    return !memcmp(at - (ended ? sizeof call : 0), call, sizeof call);
}

static void on_watch(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)info;
    if (came_in_a_call(context)) running_watch();
}

static void expect_watch(void) {
    if (!wrap_takes_signal_bare(WIRE_WATCH_SIGNAL, on_watch)) running_watch();
}

/* What each schedule would do first is done once: the shadow of the stack, of the program's data and of the heap. And a
 * thread of the runtime's that asks for a few bytes needs no arena of malloc's for itself: one goroutine runs at a time. */
static void prepare(void) {
    enum { OBJECTS = 8 << 20 };
    det_expect((uintptr_t)__builtin_frame_address(0));
    det_expect(front_code.high);
    det_expect((uintptr_t)&asked);
    det_expect(running_stacks());
    det_expect((uintptr_t)sbrk(0) - 1);
    det_expect_objects(OBJECTS);
    mallopt(M_ARENA_MAX, 1);
    look_at_input();
    expect_watch();
}

/* There is one thread, and it is inside nothing: no lock has to be taken for the fork, and nothing tidied up behind it but what
 * the process's number is part of. (Handlers of pthread_atfork, the program's and the C library's, are for locks; with ours
 * they are a tenth of the pages that a schedule writes.) */
extern pid_t _Fork(void) __attribute__((weak));
static pid_t fork_schedule(void) {
    if (!_Fork) return fork();
    pid_t child = _Fork();
    if (child == 0) {
        front_self.id = 0;
        running_forked();
    }
    return child;
}

void explore_serve(int fd) {
    unsetenv("LD_BIND_NOW"); /* of goro-race, for us alone */
    prepare();
    if (!is_alone()) {
        answer(fd, WIRE_ANSWER_THREADS, 0);
        syscall(SYS_exit_group, 0);
    }
    answer(fd, WIRE_ANSWER_READY, 0);
    while (is_asked(fd)) {
        int status = 0;
        pid_t child = prepare_notes() ? fork_schedule() : -1;
        if (child == 0) {
            become_schedule(fd);
            return;
        }
        if (child < 0) {
            answer(fd, WIRE_ANSWER_FAILED, errno);
            continue;
        }
        answer(fd, WIRE_ANSWER_BEGUN, child);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        syscall(SYS_kill, -child, SIGKILL); /* whatever it has left behind */
        if (wants_notes()) answer_notes(fd);
        answer(fd, WIRE_ANSWER_ENDED, status);
    }
    syscall(SYS_exit_group, 0);
}
