/* Puts findings on the wire.
 *
 * Always true
 *  1. A module's record precedes the first record with an address in it: the dynamic linker's list is looked at before
 *     each finding.
 *  2. Sequence numbers of a process have no holes, and start at 0 with its HELLO; after fork they start anew.
 *
 * The lock's word is the holder's process id, so that a child that was forked while another thread held it can tell. */
#include "instrument/wire_out.h"
#include "instrument/dfs.h"
#include "instrument/footprint.h"
#include "instrument/front.h"
#include "instrument/keep.h"
#include "instrument/modules.h"
#include "instrument/sharing.h"
#include "instrument/strategy.h"
#include "instrument/surw.h"
#include "instrument/trace_out.h"
#include "instrument/wire_channel.h"
#include "detector/wire.h"
#include "runtime/base/fmt.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static enum channel_kind channel;
static struct {
    pid_t lock;   /* 0: free. Acquire to take, release to drop */
    pid_t teller; /* the process that said hello */
    uint32_t sequence;
    uint64_t sent, errors;
    bool cut;    /* the limit was reached, and said */
    bool forked; /* a child of the program's own, not the schedule itself */
} out;
static uint8_t record[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];

#if defined(__x86_64__)
#define ARCH "x86_64"
#elif defined(__aarch64__)
#define ARCH "aarch64"
#else
#error "no name for this machine"
#endif

/* -- one at a time --------------------------------------------------------------------------------------------------- */

struct section {
    uint64_t signals; /* the kernel's set */
    int saved_errno;
    uint8_t kept;
};

static struct section enter(void) {
    struct section s = {.saved_errno = errno, .kept = keep_pause()};
    uint64_t all = UINT64_MAX;
    pid_t me = (pid_t)syscall(SYS_getpid), free = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &s.signals, sizeof all);
    while (!__atomic_compare_exchange_n(&out.lock, &free, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (free != me) { /* held by a thread that exists in the parent only */
            __atomic_store_n(&out.lock, me, __ATOMIC_RELAXED);
            break;
        }
        free = 0;
        sched_yield();
    }
    if (out.teller && out.teller != me) {
        out.teller = 0;
        out.sequence = 0;
        out.errors = 0;
    }
    return s;
}

static void leave(struct section s) {
    __atomic_store_n(&out.lock, 0, __ATOMIC_RELEASE); /* pairs with enter() */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &s.signals, NULL, sizeof s.signals);
    keep_resume(s.kept);
    errno = s.saved_errno;
}

/* -- records: all with the lock held ------------------------------------------------------------------------------------ */

static void send_record(size_t n) {
    if (n && channel_send(record, n)) out.sequence++;
}
static void finish(struct wire_writer *w) { send_record(wire_end(w, (uint32_t)out.teller, out.sequence)); }

static void tell_module(const struct module *m, bool gone, void *arg) {
    struct wire_writer w;
    (void)arg;
    if (gone && front_ready) det_forget(m->low, m->high - m->low);
    if (channel == CHANNEL_CLOSED || channel == CHANNEL_RAW) return;
    wire_begin(&w, record, sizeof record, WIRE_MODULE);
    wire_string(&w, WIRE_PATH, m->path);
    wire_number(&w, WIRE_BIAS, m->bias);
    wire_number(&w, WIRE_LOW, m->low);
    wire_number(&w, WIRE_HIGH, m->high);
    if (m->build_id_length) wire_bytes(&w, WIRE_BUILD_ID, m->build_id, m->build_id_length);
    if (gone) wire_number(&w, WIRE_GONE, 1);
    finish(&w);
}

static void tell_hello(void) {
    if (out.teller || channel == CHANNEL_CLOSED || channel == CHANNEL_RAW) return;
    struct wire_writer w;
    char program[MODULE_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = 0;
    out.teller = (pid_t)syscall(SYS_getpid);
    wire_begin(&w, record, sizeof record, WIRE_HELLO);
    wire_string(&w, WIRE_PROGRAM, program);
    wire_number(&w, WIRE_PARENT_PID, (uint64_t)syscall(SYS_getppid));
    wire_number(&w, WIRE_SEED, front_options.seed);
    wire_number(&w, WIRE_INSTRUMENTED, front_code.high > front_code.low);
    wire_string(&w, WIRE_ARCH, ARCH);
    finish(&w);
    modules_changes(true, tell_module, NULL);
}

static void tell_text(enum wire_type type, const char *text) {
    struct wire_writer w;
    tell_hello();
    wire_begin(&w, record, sizeof record, type);
    wire_string(&w, WIRE_MESSAGE, text);
    finish(&w);
}

/* -- frames of our own ------------------------------------------------------------------------------------------------ */

/* A goroutine's first function was called by the runtime: that frame tells the reader nothing. */
static void trim(struct finding_stack *s) {
    while (s->count > 1 && front_is_own(s->frames[s->count - 1])) s->count--;
}

/* The finding without them; with the lock held. */
static const struct finding *trimmed(const struct finding *whole) {
    static struct finding f;
    f = *whole;
    for (uint32_t i = 0; i < f.access_count; i++) {
        trim(&f.accesses[i].stack);
        for (uint32_t k = 0; k < f.accesses[i].lock_count; k++) trim(&f.accesses[i].locks[k].taken);
    }
    trim(&f.block_stack);
    trim(&f.freed_stack);
    for (uint32_t i = 0; i < f.part_count; i++) {
        trim(&f.parts[i].stack);
        trim(&f.parts[i].made);
        for (uint32_t k = 0; k < f.parts[i].lock_count; k++) trim(&f.parts[i].locks[k].taken);
    }
    for (uint32_t i = 0; i < f.task_count; i++) trim(&f.tasks[i].created);
    return &f;
}

/* -- without goro-race: what can be said without symbols ------------------------------------------------------------------ */

static void print_frame(const struct module *m, bool gone, void *arg) {
    uintptr_t *pc = arg;
    if (gone || *pc - m->low >= m->high - m->low) return;
    fmt_fd(2, "      %s+0x%lx\n", m->path, (unsigned long)(*pc - m->bias));
    *pc = 0;
}

static void print_stack(const struct finding_stack *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        uintptr_t pc = s->frames[i] - 1;
        modules_changes(true, print_frame, &pc);
        if (pc) fmt_fd(2, "      0x%lx\n", (unsigned long)pc);
    }
}

static void print_raw(const struct finding *f) {
    static bool hinted;
    if (f->number) fmt_fd(2, "goro: %s, finding %lu\n", f->code, (unsigned long)f->number);
    for (uint32_t i = 0; i < f->access_count; i++) {
        const struct finding_access *a = &f->accesses[i];
        uint64_t id = a->task < f->task_count ? f->tasks[a->task].id : 0;
        bool thread = a->task < f->task_count && f->tasks[a->task].kind == DET_THREAD;
        fmt_fd(2, "   %s of %lu bytes at 0x%lx by %s %lu%s\n", a->kind & DET_WRITE ? "write" : "read",
               (unsigned long)a->size, (unsigned long)a->address, thread ? "thread" : "goroutine", (unsigned long)id,
               i ? ", earlier" : "");
        print_stack(&a->stack);
    }
    for (uint32_t i = 0; i < f->part_count; i++) {
        const struct finding_part *p = &f->parts[i];
        if (p->task < f->task_count) fmt_fd(2, "   goroutine %lu\n", (unsigned long)f->tasks[p->task].id);
        print_stack(&p->stack);
    }
    if (!hinted) fmt_fd(2, "   For names, files and lines run it under goro-race, or have goro-race on PATH.\n");
    hinted = true;
}

/* -- the interface --------------------------------------------------------------------------------------------------------- */

void wire_out_start(void) { channel = channel_open(); }

void wire_out_hello(void) {
    struct section s = enter();
    tell_hello();
    leave(s);
}

void wire_out_modules(void) {
    struct section s = enter();
    tell_hello();
    modules_changes(false, tell_module, NULL);
    leave(s);
}

static void end_at_first(void) {
    wire_out_goodbye();
    syscall(SYS_exit_group, wire_out_status(front_options.exitcode ? (int)front_options.exitcode : 66));
}

static void send_finding(enum wire_type type, const struct finding *f) {
    if (channel == CHANNEL_RAW) {
        print_raw(f);
        return;
    }
    tell_hello();
    modules_changes(false, tell_module, NULL);
    send_record(wire_finding(record, sizeof record, type, f, (uint32_t)out.teller, out.sequence));
}

void wire_out_finding(const struct finding *f) {
    trace_out_finding();
    struct section s = enter();
    bool error = f->severity == FINDING_ERROR && f->certainty != FINDING_PREDICTED;
    bool over = front_options.max && out.sent >= front_options.max;
    if (channel == CHANNEL_CLOSED) channel = channel_start_reporter();
    out.errors += error;
    out.sent++;
    f = trimmed(f);
    if (over && !out.cut) {
        out.cut = true;
        tell_text(WIRE_TEXT, "More findings were made than --max-reports allows; they are left out.");
    }
    if (!over) send_finding(WIRE_FINDING, f);
    leave(s);
    if (error && front_options.halt) end_at_first();
}

void wire_out_withdraw(uint64_t number) {
    struct section s = enter();
    if (channel != CHANNEL_CLOSED && channel != CHANNEL_RAW) {
        struct wire_writer w;
        tell_hello();
        wire_begin(&w, record, sizeof record, WIRE_WITHDRAW);
        wire_number(&w, WIRE_NUMBER, number);
        finish(&w);
    }
    if (out.errors) out.errors--;
    leave(s);
}

void wire_out_events(const struct wire_event *event, size_t count, uint64_t lost) {
    struct section s = enter();
    if (channel != CHANNEL_CLOSED && channel != CHANNEL_RAW) {
        struct wire_writer w;
        tell_hello();
        modules_changes(false, tell_module, NULL);
        wire_begin(&w, record, sizeof record, WIRE_EVENTS);
        wire_bytes(&w, WIRE_EVENT_LIST, event, count * sizeof *event);
        if (lost) wire_number(&w, WIRE_EVENTS_LOST, lost);
        finish(&w);
    }
    leave(s);
}

void wire_out_degraded(const char *what) {
    struct section s = enter();
    if (channel == CHANNEL_CLOSED) channel = channel_start_reporter();
    if (channel == CHANNEL_RAW) fmt_fd(2, "goro: degraded: %s\n", what);
    else tell_text(WIRE_DEGRADED, what);
    leave(s);
}

void wire_out_diverged(const char *what, uintptr_t pc) {
    struct section s = enter();
    struct wire_writer w;
    tell_hello();
    modules_changes(false, tell_module, NULL);
    wire_begin(&w, record, sizeof record, WIRE_DIVERGED);
    wire_string(&w, WIRE_MESSAGE, what);
    if (pc) wire_number(&w, WIRE_ADDRESS, pc);
    finish(&w);
    leave(s);
}

void wire_out_fault(const char *words, const uintptr_t *frames, size_t n) {
    struct section s = enter();
    if (channel != CHANNEL_CLOSED && channel != CHANNEL_RAW) {
        struct wire_writer w;
        tell_hello();
        wire_begin(&w, record, sizeof record, WIRE_FAULT);
        wire_string(&w, WIRE_MESSAGE, words);
        wire_bytes(&w, WIRE_STACK, frames, n * sizeof *frames);
        finish(&w);
    }
    leave(s);
}

void wire_out_text(const char *text) {
    struct section s = enter();
    if (channel == CHANNEL_CLOSED) channel = channel_start_reporter();
    if (channel == CHANNEL_RAW) fmt_fd(2, "goro: %s\n", text);
    else tell_text(WIRE_TEXT, text);
    leave(s);
}

void wire_out_picture(const struct finding *f) {
    struct section s = enter();
    send_finding(WIRE_PICTURE, trimmed(f));
    leave(s);
}

void wire_out_picture_end(void) {
    struct section s = enter();
    if (channel != CHANNEL_CLOSED && channel != CHANNEL_RAW) {
        struct wire_writer w;
        tell_hello();
        wire_begin(&w, record, sizeof record, WIRE_PICTURE);
        finish(&w);
    }
    leave(s);
}

/* In parts: there may be more than a record has room for. */
static void tell_choices(void) {
    enum { PART = 8192 };
    const uint64_t *words;
    bool complete;
    size_t n = dfs_told(&words, &complete);
    for (size_t i = 0; i < n; i += PART) {
        struct wire_writer w;
        wire_begin(&w, record, sizeof record, WIRE_CHOICES);
        wire_bytes(&w, WIRE_CHOICE_LIST, words + i, (n - i < PART ? n - i : PART) * sizeof *words);
        finish(&w);
    }
}

static void write_schedule(struct wire_writer *w) {
    const uint16_t *marks;
    const uint64_t *words;
    uint64_t events;
    size_t n = sharing_news(&marks);
    bool complete = false;
    wire_number(w, WIRE_STEPS, strategy_steps());
    wire_number(w, WIRE_SCHEDULE, strategy_hash());
    wire_bytes(w, WIRE_MARKS, marks, n * sizeof *marks);
    if (dfs_on) dfs_told(&words, &complete);
    wire_number(w, WIRE_COMPLETE, complete);
    if ((n = surw_counted(&words)) > 0) wire_bytes(w, WIRE_COUNTS, words, n * sizeof *words);
    if (!footprint_on) return;
    wire_number(w, WIRE_FOOTPRINT, footprint_hash(&events));
    wire_number(w, WIRE_FOOTPRINT_EVENTS, events);
}

void wire_out_goodbye(void) {
    trace_out_flush();
    struct section s = enter();
    if (channel != CHANNEL_CLOSED && channel != CHANNEL_RAW) {
        struct det_stats stats = {0};
        struct wire_writer w;
        if (front_ready) det_get_stats(&stats);
        if (!strategy_explores) tell_hello();
        else if (!out.teller) out.teller = (pid_t)syscall(SYS_getpid); /* nothing to tell: a short goodbye is enough */
        if (dfs_on) tell_choices();
        wire_begin(&w, record, sizeof record, WIRE_GOODBYE);
        wire_number(&w, WIRE_INSTRUMENTED, front_code.high > front_code.low);
        wire_number(&w, WIRE_TASKS_EVER, stats.tasks_ever);
        wire_number(&w, WIRE_FINDINGS, out.sent);
        wire_number(&w, WIRE_MEMORY_BYTES, stats.memory_bytes);
        if (strategy_explores && !out.forked) write_schedule(&w);
        finish(&w);
    }
    if (channel == CHANNEL_REPORTER) channel_wait();
    leave(s);
}

void wire_out_forked(void) { out.forked = true; }

bool wire_out_reporting(void) { return channel == CHANNEL_SOCKET || channel == CHANNEL_REPORTER; }

int wire_out_status(int status) {
    bool ours = channel == CHANNEL_REPORTER || channel == CHANNEL_RAW || channel == CHANNEL_FILE;
    return ours && out.errors && front_options.exitcode ? (int)front_options.exitcode : status;
}

bool wire_out_owns(int fd) { return fd >= 0 && fd == channel_descriptor(); }

void wire_out_move(void) {
    keep_end(); /* another descriptor is not put back */
    struct section s = enter();
    channel_move();
    leave(s);
}
