/* Every thread waits without a time limit for what only another thread of this process does: a mutex, rwlock, condition
 * variable, semaphore, barrier or the end of a thread.
 *
 * Who waits is what the wrappers have told the engine. That may be old: a thread that was woken has not said so before it
 * runs. So the kernel is asked, twice: if all threads sleep in both looks, and none has run between what was read of it in
 * the first and in the second, then none could run at the moment between the two. One that has been woken may still sleep,
 * on a lock of ours that a thread of the runtime holds: so all has to be the same again after a pause.
 *
 * Always true
 *  1. Nothing is said if there is a goroutine, a timer, or a thread that the engine does not know (the C library's for a
 *     timer, or one made by a system call: the numbers of threads differ), one that waits for anything else (sleep, read, sigwait, a wait with a time limit), if
 *     the program catches a signal, for its handler may wake somebody, or if an object lies in memory that is shared
 *     with other processes.
 *
 * Not done: an end of the process, as in a program of goroutines. Without us it would hang, and does. */
#include "instrument/standstill.h"
#include "detector/detector.h"
#include "instrument/front.h"
#include "instrument/wrap.h"
#include "runtime/base/fmt.h"
#include "runtime/base/futex.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAUSE_NS = 30000000, TEXT_BYTES = 4096 };

/* Of the runtime's threads: numbers of the kernel's, 0: a free place. More than there is place for are threads that are not
 * known. */
enum { OWN_MAX = 64 };
static pid_t own_threads[OWN_MAX];

void standstill_own_thread(bool begins) {
    pid_t self = (pid_t)syscall(SYS_gettid);
    for (unsigned i = 0; i < OWN_MAX; i++) {
        pid_t was = begins ? 0 : self; /* relaxed: one that is seen late is a thread that is not known */
        if (__atomic_compare_exchange_n(&own_threads[i], &was, begins ? self : 0, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return;
    }
}

static bool is_own(pid_t tid) {
    for (unsigned i = 0; i < OWN_MAX; i++)
        if (__atomic_load_n(&own_threads[i], __ATOMIC_RELAXED) == tid) return true;
    return tid == (pid_t)syscall(SYS_gettid);
}

static bool threads, goroutines; /* relaxed: what is seen late costs a look, or delays it */

void standstill_threads_begin(void) { __atomic_store_n(&threads, true, __ATOMIC_RELAXED); }
void standstill_goroutines_begin(void) {
    if (unlikely(!__atomic_load_n(&goroutines, __ATOMIC_RELAXED)))
        __atomic_store_n(&goroutines, true, __ATOMIC_RELAXED);
}

static bool is_needed(void) {
    return __atomic_load_n(&threads, __ATOMIC_RELAXED) && !__atomic_load_n(&goroutines, __ATOMIC_RELAXED);
}
int64_t standstill_next_look(void) { return is_needed() ? clock_now() + PAUSE_NS : INT64_MAX; }

/* -- what the kernel says ------------------------------------------------------------------------------------------------ */

struct look {
    unsigned threads;  /* but ours */
    uint64_t switches; /* of all: grows whenever one has run */
    bool asleep;
};

/* At most TEXT_BYTES - 1 bytes of a file of the kernel's, and a NUL. False: it is not there. */
static bool read_text(const char *path, char text[TEXT_BYTES]) {
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0), n = -1;
    if (fd >= 0) {
        n = syscall(SYS_read, fd, text, TEXT_BYTES - 1);
        syscall(SYS_close, fd);
    }
    text[n > 0 ? n : 0] = 0;
    return n > 0;
}

static uint64_t number_behind(const char *text, const char *name) {
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void look_at_thread(struct look *l, const char *tid) {
    char path[64], text[TEXT_BYTES];
    struct fmt f;
    fmt_init(&f, path, sizeof path);
    fmt_print(&f, "/proc/self/task/%s/status", tid);
    const char *state = read_text(path, text) ? strstr(text, "\nState:\t") : NULL;
    const char *switches = state ? strstr(text, "\nvoluntary_ctxt_switches:") : NULL;
    l->threads++;
    if (!switches || state[8] != 'S') {
        l->asleep = false;
        return;
    }
    l->switches +=
        number_behind(text, "\nvoluntary_ctxt_switches:") + number_behind(text, "nonvoluntary_ctxt_switches:");
}

struct entry { /* as getdents64 has it */
    uint64_t inode;
    int64_t next;
    unsigned short length;
    unsigned char type;
    char name[];
};

static struct look look_at_threads(void) {
    struct look l = {.asleep = true};
    _Alignas(struct entry) char names[TEXT_BYTES];
    long dir = syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), n;
    if (dir < 0) return (struct look){0};
    while (l.asleep && (n = syscall(SYS_getdents64, dir, names, sizeof names)) > 0)
        for (long at = 0; at < n && l.asleep;) {
            const struct entry *e = (const struct entry *)(names + at);
            at += e->length;
            if (e->name[0] != '.' && !is_own((pid_t)atoi(e->name))) look_at_thread(&l, e->name);
        }
    syscall(SYS_close, dir);
    return l;
}

/* -- memory that others see ----------------------------------------------------------------------------------------------- */

/* "7f00-7f10 rw-s ..." */
static bool is_shared_line(const char *line, uintptr_t address) {
    char *end;
    uintptr_t low = strtoull(line, &end, 16), high = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    return address >= low && address < high && strlen(end) > 4 && end[4] == 's';
}

/* Of a map's file that is read by pieces: what is behind the last line end is kept for the next one. */
static bool is_shared(uintptr_t address) {
    long fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0), n;
    char text[2 * TEXT_BYTES];
    size_t kept = 0;
    bool shared = fd < 0;
    while (!shared && (n = syscall(SYS_read, fd, text + kept, TEXT_BYTES - 1)) > 0) {
        char *line = text, *end;
        text[kept + (size_t)n] = 0;
        for (; (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            shared |= is_shared_line(line, address);
        }
        kept = strlen(line);
        if (kept >= TEXT_BYTES) kept = 0; /* longer than a path can be */
        memmove(text, line, kept);
    }
    if (fd >= 0) syscall(SYS_close, fd);
    return shared;
}

static bool only_threads_wake(enum finding_object kind, uintptr_t object) {
    return kind == FINDING_PTHREAD || !is_shared(object);
}

/* -- a look ----------------------------------------------------------------------------------------------------------------- */

void standstill_look(void) {
    static struct {
        uint64_t changes, switches; /* both grow: the same twice is nothing new */
        bool valid, told;
    } last;
    uint64_t before, after;
    struct look first, second;
    unsigned waiting;

    if (!is_needed() || wrap_catches_signals() || !(waiting = det_threads_wait(&before, NULL)) ||
        (last.told && last.changes == before))
        return;
    first = look_at_threads();
    if (!first.asleep || first.threads != waiting) return;
    second = look_at_threads();
    if (!second.asleep || second.threads != waiting || second.switches != first.switches) return;
    if (det_threads_wait(&after, only_threads_wake) != waiting || after != before || wrap_catches_signals()) return;
    last.told = last.valid && last.changes == before && last.switches == second.switches;
    last.changes = before;
    last.switches = second.switches;
    last.valid = true;
    if (last.told) det_threads_asleep();
}
