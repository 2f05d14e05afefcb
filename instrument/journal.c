/* Writes and reads the journal.
 *
 * Always true
 *  1. Entries are in the order in which their calls ended; one call at a time is between its end and its entry as far as
 *     goroutines are concerned, since one runs at a time.
 *  2. A reader never believes a length: an entry is read into a buffer of the largest size there is, and checked.
 *  3. Nothing that goes wrong with the file is silent: a recording that ends before the program does is told at once.
 *
 * Raw system calls, no allocation: a wrapper of malloc's may be above us. */
#include "instrument/journal.h"
#include "instrument/wire_out.h"
#include "runtime/base/fmt.h"
#include "runtime/running.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 3000, NAMES = 24 };

bool journal_on, journal_replays;

static struct {
    int fd;
    pid_t process;
    bool busy; /* the lock: acquire to take, release to drop */
    uint32_t sequence;
    uint32_t
        quiet[WIRE_JOURNAL_KINDS]; /* the scheduler's answers of nothing since the last entry, or still to be given */

    /* a replay's next entry */
    struct wire_journal_entry next;
    const uint8_t *data;
    size_t length;
    bool ended; /* there is none any more; torn: and the last one was cut */
    uint8_t record[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];
} self = {.fd = -1};

static const char *const kind_names[WIRE_JOURNAL_KINDS] = {
    [WIRE_JOURNAL_READ] = "reads",
    [WIRE_JOURNAL_WRITE] = "writes",
    [WIRE_JOURNAL_TIME] = "asks for the time",
    [WIRE_JOURNAL_RANDOM] = "asks for random bytes",
    [WIRE_JOURNAL_POLL] = "asks what is ready",
    [WIRE_JOURNAL_SOCKET] = "calls a function of sockets",
    [WIRE_JOURNAL_SLEEP] = "sleeps",
    [WIRE_JOURNAL_LOCK] = "locks",
    [WIRE_JOURNAL_SIGNAL] = "takes a signal",
    [WIRE_JOURNAL_WAIT] = "waits for what comes from outside",
    [WIRE_JOURNAL_EVENTS] = "finds descriptors ready",
    [WIRE_JOURNAL_SIGNALS] = "finds signals",
    [WIRE_JOURNAL_END] = "ends the program",
};

/* -- one at a time --------------------------------------------------------------------------------------------------- */

static uint64_t enter(void) {
    uint64_t all = UINT64_MAX, before;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    while (__atomic_exchange_n(&self.busy, true, __ATOMIC_ACQUIRE)) sched_yield();
    return before;
}
static void leave(uint64_t mask) {
    __atomic_store_n(&self.busy, false, __ATOMIC_RELEASE); /* pairs with enter */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

/* Goroutines by their id, threads above 2^63, the scheduler is 0. */
#define THREAD (UINT64_C(1) << 63)
static uint64_t who(void) {
    uint64_t id = det_task_id(front_task());
    return front_self.is_thread ? id | THREAD : id;
}

/* -- writing ------------------------------------------------------------------------------------------------------------ */

static void give_up_writing(int error) {
    char text[200];
    struct fmt f;
    journal_on = false;
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "the recording ends here, before the program does: write failed: %s",
              error ? strerrordesc_np(error) : "it was cut short (is the disk full?)");
    wire_out_degraded(text);
}

static void put(const struct wire_journal_entry *e, const struct iovec *parts, unsigned count) {
    struct wire_writer w;
    wire_begin(&w, self.record, sizeof self.record, WIRE_JOURNAL);
    wire_bytes(&w, WIRE_JOURNAL_ENTRY, e, sizeof *e);
    size_t mark = wire_nest(&w, WIRE_JOURNAL_DATA);
    for (unsigned i = 0; i < count; i++) wire_append(&w, parts[i].iov_base, parts[i].iov_len);
    wire_unnest(&w, mark);
    size_t n = wire_end(&w, (uint32_t)self.process, ++self.sequence);
    long written;
    do written = syscall(SYS_write, self.fd, self.record, n);
    while (written < 0 && errno == EINTR);
    memset(self.quiet, 0, sizeof self.quiet);
    if (n == 0 || written != (long)n) give_up_writing(written < 0 ? errno : 0);
}

static size_t length_of_last(const struct journal_call *c) {
    size_t n = c->result > 0 ? (size_t)c->result : 0, size = c->out[c->outs - 1].iov_len;
    return n < size ? n : size;
}

void journal_note(const struct journal_call *c) {
    struct journal_call cut = *c;
    int saved = errno;
    uint64_t mask = enter();
    if (cut.outs && cut.by_result) cut.out[cut.outs - 1].iov_len = length_of_last(c);
    struct wire_journal_entry e = {.task = who(),
                                   .position = front_draws(),
                                   .result = c->result,
                                   .kind = c->kind,
                                   .argument = c->argument,
                                   .error = c->result == -1 ? (uint32_t)c->error : 0};
    if (journal_on) put(&e, cut.out, cut.outs);
    leave(mask);
    errno = saved;
}

void journal_note_found(enum wire_journal_kind kind, const void *data, size_t n) {
    uint64_t mask = enter();
    struct wire_journal_entry e = {.position = front_draws(), .kind = kind, .quiet = self.quiet[kind]};
    if (!n) self.quiet[kind]++;
    else if (journal_on) put(&e, &(struct iovec){(void *)data, n}, 1);
    leave(mask);
}

void journal_note_signal(int sig, const void *info) {
    struct journal_call c = {.kind = WIRE_JOURNAL_SIGNAL, .argument = (uint32_t)sig, .outs = 1};
    c.out[0] = (struct iovec){(void *)info, 128};
    journal_note(&c);
}

/* -- reading ------------------------------------------------------------------------------------------------------------- */

static size_t read_whole(void *to, size_t n) {
    size_t done = 0;
    while (done < n) {
        long got = syscall(SYS_read, self.fd, (uint8_t *)to + done, n - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += (size_t)got;
    }
    return done;
}

/* The next record of the file; false at its end, which may be in the middle of one. */
static bool read_record(struct wire_header *h) {
    uint8_t *payload = self.record + sizeof *h;
    if (read_whole(h, sizeof *h) < sizeof *h || h->length > WIRE_PAYLOAD_MAX) return false;
    if (read_whole(payload, h->length) < h->length) return false;
    return !wire_check(h, payload, h->length);
}

static bool parse_entry(const struct wire_header *h) {
    struct wire_reader r = {self.record + sizeof *h, self.record + sizeof *h + h->length};
    struct wire_field f;
    bool found = false;
    self.length = 0;
    while (wire_next(&r, &f) == 1) {
        if (f.tag == WIRE_JOURNAL_ENTRY && f.length == sizeof self.next) {
            memcpy(&self.next, f.data, sizeof self.next);
            found = self.next.kind > 0 && self.next.kind < WIRE_JOURNAL_KINDS;
        }
        if (f.tag == WIRE_JOURNAL_DATA) self.data = f.data, self.length = f.length;
    }
    return found;
}

static void advance(void) {
    struct wire_header h;
    do {
        if (!read_record(&h)) {
            self.ended = true;
            return;
        }
    } while (h.type != WIRE_JOURNAL || !parse_entry(&h));
    for (int k = 0; k < WIRE_JOURNAL_KINDS; k++) self.quiet[k] = 0;
    self.quiet[self.next.kind] = self.next.quiet;
}

/* -- what does not fit ------------------------------------------------------------------------------------------------------ */

static void put_who(struct fmt *f, uint64_t task) {
    if (task == 0) fmt_print(f, "the scheduler");
    else if (task == 1) fmt_print(f, "main");
    else fmt_print(f, "%s %lu", task & THREAD ? "thread" : "goroutine", (unsigned long)(task & ~THREAD));
}

static void put_call(struct fmt *f, uint64_t task, unsigned kind, uint32_t argument) {
    put_who(f, task);
    fmt_print(f, " %s", kind_names[kind]);
    if (kind == WIRE_JOURNAL_READ || kind == WIRE_JOURNAL_WRITE) fmt_print(f, " descriptor %d", (int)argument);
    else if (kind == WIRE_JOURNAL_SIGNAL) fmt_print(f, " (number %d)", (int)argument);
}

/* Ends the program. pc 0: no place is known. */
static _Noreturn void diverge(const char *text, uintptr_t pc) {
    journal_on = false;
    leave(0);
    wire_out_diverged(text, pc);
    wire_out_goodbye();
    syscall(SYS_exit_group, 125);
    __builtin_unreachable();
}

static _Noreturn void diverge_at(uint64_t task, unsigned kind, uint32_t argument, uintptr_t pc) {
    char text[400];
    struct fmt f;
    const struct wire_journal_entry *n = &self.next;
    fmt_init(&f, text, sizeof text);
    if (self.ended) {
        fmt_print(&f, "the recording ends behind %lu entries, before ", (unsigned long)self.sequence);
        put_call(&f, task, kind, argument);
        fmt_print(&f, "; up to there the replay was the same");
    } else {
        fmt_print(&f, "the replay diverged at entry %lu: found: ", (unsigned long)self.sequence + 1);
        put_call(&f, task, kind, argument);
        fmt_print(&f, ", behind %lu choices of the scheduler; expected: ", (unsigned long)front_draws());
        put_call(&f, n->task, n->kind, n->argument);
        fmt_print(&f, ", behind %lu", (unsigned long)n->position);
    }
    diverge(text, pc);
}

static int64_t now_ms(void) {
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
static void nap(void) { syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = 200000}, NULL); }

static bool is_mine(uint64_t me, enum wire_journal_kind kind, uint32_t argument) {
    const struct wire_journal_entry *n = &self.next;
    if (self.ended || n->task != me || n->kind != (uint32_t)kind || n->argument != argument) return false;
    return me & THREAD || n->position == front_draws(); /* others choose while a thread runs */
}

static void consume(void) {
    self.sequence++;
    advance();
}

static void fill(struct journal_call *c) {
    const uint8_t *from = self.data;
    size_t left = self.length;
    c->result = self.next.result;
    c->error = (int)self.next.error;
    for (unsigned i = 0; i < c->outs; i++) {
        size_t n = c->out[i].iov_len < left ? c->out[i].iov_len : left;
        if (c->out[i].iov_base && n) memcpy(c->out[i].iov_base, from, n);
        from += n;
        left -= n;
    }
}

/* Waits until the caller's entry is the next, and comes back with the lock. */
static uint64_t wait_turn(const struct journal_call *c) {
    uint64_t me = who();
    int64_t begun = 0;
    for (;;) {
        uint64_t mask = enter();
        if (is_mine(me, c->kind, c->argument)) return mask;
        /* A thread's turn may come; goroutines' order is decided already. */
        bool may_come = !self.ended && ((me | self.next.task) & THREAD) && self.next.task != me;
        if (!begun) begun = now_ms();
        if (!may_come || now_ms() - begun > PATIENCE_MS) diverge_at(me, c->kind, c->argument, c->pc);
        leave(mask);
        nap();
    }
}

bool journal_take(struct journal_call *c) {
    if (!journal_replays) return false;
    front_replay_signals();
    uint64_t mask = wait_turn(c);
    fill(c);
    consume();
    leave(mask);
    if (c->result == -1) errno = c->error;
    return true;
}

void journal_turn(const struct journal_call *c) {
    if (journal_replays) leave(wait_turn(c));
}

/* -- the scheduler's ---------------------------------------------------------------------------------------------------------- */

/* Who waits has nobody to run; unless a thread's turn is next, what is next must be for him. */
static void check_waiting(enum wire_journal_kind kind) {
    static int64_t since;
    static uint32_t at;
    if (kind != WIRE_JOURNAL_WAIT) return;
    if (at != self.sequence || !since) since = now_ms(), at = self.sequence;
    if (self.ended || now_ms() - since > PATIENCE_MS) diverge_at(0, kind, 0, 0);
}

size_t journal_take_found(enum wire_journal_kind kind, void *data, size_t size) {
    size_t n = 0;
    uint64_t mask = enter();
    bool next = !self.ended && self.next.task == 0 && self.next.kind == (uint32_t)kind;
    if (next && self.quiet[kind]) {
        self.quiet[kind]--;
    } else if (next) {
        n = self.length < size ? self.length : size;
        memcpy(data, self.data, n);
        consume();
    } else {
        check_waiting(kind);
    }
    leave(mask);
    if (!next && kind == WIRE_JOURNAL_WAIT) nap();
    return n;
}

int journal_take_signal(void *info) {
    int sig = 0;
    uint64_t mask = enter(), me = who();
    if (!self.ended && self.next.task == me && self.next.kind == WIRE_JOURNAL_SIGNAL &&
        self.next.position == front_draws() && self.length >= 128) {
        sig = (int)self.next.argument;
        memcpy(info, self.data, 128);
        consume();
    }
    leave(mask);
    return sig;
}

/* -- beginning and end ------------------------------------------------------------------------------------------------------ */

void journal_start(void) {
    uint64_t fd = front_options.replay ? front_options.replay : front_options.record;
    if (!fd || front_options.parallel || fd > INT32_MAX) return;
    journal_replays = front_options.replay != 0;
    self.sequence = 0;
    self.ended = false;
    self.fd = (int)fd;
    self.process = (pid_t)syscall(SYS_getpid);
    syscall(SYS_fcntl, self.fd, F_SETFD, FD_CLOEXEC);
    if (journal_replays) advance();
    journal_on = true;
}

bool journal_wants(void) {
    bool announced = front_self.task && front_self.task != front_self.own;
    return front_ready && announced && !running_own_call();
}

void journal_forked(void) {
    journal_on = journal_replays = false;
    self.busy = false;
}

void journal_end(void) {
    if (!journal_on) return;
    struct journal_call c = {.kind = WIRE_JOURNAL_END};
    if (!journal_replays) {
        journal_note(&c);
        journal_on = false;
        return;
    }
    uint64_t mask = enter();
    if (!self.ended && self.next.kind != WIRE_JOURNAL_END) diverge_at(who(), WIRE_JOURNAL_END, 0, 0);
    leave(mask);
    journal_on = false;
}
