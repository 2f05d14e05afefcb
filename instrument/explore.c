/* The fork server: a schedule costs a fork, not the start of a program; and where it leaves nothing behind but what it has
 * written to memory, not even a fork (keep.h).
 *
 *     goro-race -- asks --> server -- forks --> process, which runs the schedule
 *                                               process, when its schedule has ended -- answers --> goro-race
 *     goro-race -- asks --------------------------> the same process
 *     while the process lives the server waits for its end, and hears nothing
 *
 * Always true
 *  1. The server has one thread, has run nothing of main's, and sends no record of its own. A schedule says hello with its
 *     first finding; most have none, and send a goodbye only.
 *  2. A process is a process group of its own, so that what it starts can be ended with it; it ends with the server, and the
 *     server with goro-race. It runs a second schedule only if the first has started nothing.
 *  3. Its standard input, if that is a file, is read by nobody else.
 *  4. Each schedule that was heard is answered for: by its process as it ends, or by the server when the process has ended.
 *     Where both do, goro-race takes the first (wire_answer.number).
 *
 * Raw system calls where the program has wrappers. */
#include "instrument/explore.h"
#include "instrument/decisions.h"
#include "instrument/dfs.h"
#include "instrument/footprint.h"
#include "instrument/front.h"
#include "instrument/imports.h"
#include "instrument/keep.h"
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

/* What the server and the schedules' processes both see. */
static struct board {
    struct {
        struct wire_schedule schedule;
        struct wire_decision decisions[WIRE_DECISIONS_MAX]; /* what comes behind them begins right behind the last */
        uint64_t rest[WIRE_SLEEP_MAX + WIRE_MARKS_MAX / 4 + WIRE_CHOICES_MAX / 8];
    } asked;
    long asked_bytes;
    uint32_t runs; /* schedules that the process has run and was there for the next one */
    bool handed;   /* it has read what it cannot run: the server is to */
    int fd;
    struct wire_notes notes;
} *board;
_Static_assert(offsetof(__typeof__(board->asked), decisions) == sizeof board->asked.schedule,
               "decisions follow without a hole");

static const uint64_t *asked_sleep(void) {
    return (const uint64_t *)(board->asked.decisions + board->asked.schedule.decisions);
}
static const uint16_t *asked_marks(void) {
    return (const uint16_t *)(asked_sleep() + board->asked.schedule.sleep_count);
}
static const uint8_t *asked_choices(void) {
    return (const uint8_t *)(asked_marks() + board->asked.schedule.mark_count);
}

static void send_packet(int fd, const struct iovec *parts, int count) {
    long n;
    do n = syscall(SYS_writev, fd, parts, count);
    while (n < 0 && errno == EINTR);
}

static void answer(enum wire_answer_kind kind, int64_t value) {
    struct wire_answer a = {.kind = kind, .number = board->asked.schedule.number, .value = value};
    send_packet(board->fd, &(struct iovec){&a, sizeof a}, 1);
}

static void answer_notes(void) {
    const struct wire_notes *notes = &board->notes;
    uint32_t count =
        notes->count <= WIRE_DECISIONS_MAX ? notes->count : 0; /* who shares it may have written anything */
    struct wire_answer a = {
        .kind = WIRE_ANSWER_NOTES, .number = board->asked.schedule.number, .value = notes->overflow};
    send_packet(board->fd, (struct iovec[]){{&a, sizeof a}, {(void *)notes->list, count * sizeof *notes->list}}, 2);
}

static void hear(void) {
    do board->asked_bytes = syscall(SYS_read, board->fd, &board->asked, sizeof board->asked);
    while (board->asked_bytes < 0 && errno == EINTR);
}

/* Is what was heard a schedule? Then there are no notes of it yet. */
static bool is_asked(void) {
    const struct wire_schedule *s = &board->asked.schedule;
    if (board->asked_bytes < (long)sizeof *s || s->decisions > WIRE_DECISIONS_MAX || s->sleep_count > WIRE_SLEEP_MAX ||
        s->mark_count > WIRE_MARKS_MAX || s->choice_count > WIRE_CHOICES_MAX)
        return false;
    board->notes.count = board->notes.overflow = 0;
    return board->asked_bytes == asked_choices() + s->choice_count - (const uint8_t *)&board->asked;
}

static bool wants_notes(void) { return board->asked.schedule.flags & (WIRE_SCHEDULE_NOTE | WIRE_SCHEDULE_FOLLOW); }

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

/* -- a process for several schedules (keep.h) ------------------------------------------------------------------------ */

/* Is it one that changes nothing but memory? Marks are for all later ones, so for the server. */
static bool is_simple(void) {
    const struct wire_schedule *s = &board->asked.schedule;
    return s->strategy != WIRE_STRATEGY_PROBE && !(s->flags & WIRE_SCHEDULE_EVENTS) && !s->mark_count;
}

static bool go_on(void *shared, int status) {
    (void)shared;
    if (wants_notes()) answer_notes();
    board->runs++;
    answer(WIRE_ANSWER_KEPT, status);
    hear();
    if (!is_asked()) return false;
    board->handed = !is_simple();
    return !board->handed;
}

/* Is the next process to be used again? One after so many that are not: twice as many if the last one has not run enough to be
 * worth it (saving its memory costs as much as a few forks), else none. */
static bool may_keep(void) {
    enum { WORTH = 8 };
    static uint64_t pause, left;
    static bool tried;
    if (!front_options.keep) return false;
    if (!pause) left = pause = front_options.keep;
    if (tried && board->runs < WORTH) left = pause *= 2;
    if (left) left--;
    tried = !left && is_simple();
    board->runs = 0;
    return tried;
}

/* -- a schedule ----------------------------------------------------------------------------------------------------- */

static void become_process(bool kept) {
    struct keep_use use = {.next = go_on, .shared = board, .shared_bytes = sizeof *board, .fd = board->fd};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    own_input();
    if (!kept || !keep_begin(&use)) syscall(SYS_close, board->fd);
}

static void become_schedule(void) {
    const struct wire_schedule *s = &board->asked.schedule;
    if (s->strategy == WIRE_STRATEGY_PROBE) throw_output_away();
    front_reseed(s->seed, s->strategy == WIRE_STRATEGY_PROBE ? 1 : s->seed); /* the probe is the same for all seeds */
    strategy_begin(s);
    if (wants_notes()) decisions_begin(s, board->asked.decisions, &board->notes);
    if (s->strategy == WIRE_STRATEGY_DFS && !(s->flags & WIRE_SCHEDULE_FOLLOW)) {
        dfs_begin(asked_sleep(), s->sleep_count, asked_choices(), s->choice_count);
        trace_on = true; /* it learns from the events what is touched */
    }
    if (s->strategy == WIRE_STRATEGY_STEER && !(s->flags & WIRE_SCHEDULE_FOLLOW)) {
        strategy_steer(asked_sleep(), s->sleep_count);
        trace_on = true;
    }
    if (s->flags & WIRE_SCHEDULE_REORDER) det_reorder_begin(imports_remember_nothing());
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
    det_expect((uintptr_t)&board);
    det_expect(running_stacks());
    det_expect((uintptr_t)sbrk(0) - 1);
    det_expect_objects(OBJECTS);
    det_touch_singly();
    mallopt(M_ARENA_MAX, 1);
    running_unwinder_begin();
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

static bool make_board(int fd) {
    long at = syscall(SYS_mmap, NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1L, 0L);
    if (at == -1) return false;
    board = (struct board *)at; /* NOLINT: an address, as the kernel gives it */
    board->fd = fd;
    return true;
}

/* It may have been heard already, by a process that could not run it. */
static bool is_asked_next(void) {
    if (!board->handed) hear();
    board->handed = false;
    if (!is_asked()) return false;
    sharing_learn(asked_marks(), board->asked.schedule.mark_count);
    return true;
}

void explore_serve(int fd) {
    unsetenv("LD_BIND_NOW"); /* of goro-race, for us alone */
    prepare();
    if (!make_board(fd)) environment_error("mmap", "no memory to be told of schedules", errno);
    if (!is_alone()) {
        answer(WIRE_ANSWER_THREADS, 0);
        syscall(SYS_exit_group, 0);
    }
    answer(WIRE_ANSWER_READY, 0);
    while (is_asked_next()) {
        int status = 0;
        bool kept = may_keep();
        pid_t child = fork_schedule();
        if (child == 0) {
            become_process(kept);
            become_schedule();
            return;
        }
        if (child < 0) {
            answer(WIRE_ANSWER_FAILED, errno);
            continue;
        }
        answer(WIRE_ANSWER_BEGUN, child);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        syscall(SYS_kill, -child, SIGKILL); /* whatever it has left behind */
        if (board->handed) continue;
        if (wants_notes()) answer_notes();
        answer(WIRE_ANSWER_ENDED, status);
    }
    syscall(SYS_exit_group, 0);
}
