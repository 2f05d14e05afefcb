/* When to look for goroutines that wait for what nothing can reach any more, and how.
 *
 * A look begins at the memory that the program can see (visible.c), then comes what the runtime knows (running_walk). The engine
 * does the rest.
 *
 * When: INTERVAL_NS after the last look, or SHARE times what that took, whichever is later, so that at most one part in
 * SHARE of the time goes there, but for a few ms at first (CREDIT_NS); LOOKS times while no goroutine runs, since nothing changes
 * then. Under a seed, also before all sleep for a while (scan_idle): that costs nobody anything, and is at the same place in each
 * run. How often is bounded by twice the pause before each further look.
 *
 * Threads: scan_tick on the monitor's.
 *
 * Not done: following what only the kernel keeps (epoll's user data, a pointer written to a pipe): a goroutine that wakes
 * by such a one is withdrawn. */
#include "instrument/scan.h"
#include "instrument/away.h"
#include "instrument/snapshot.h"
#include "instrument/strategy.h"
#include "instrument/visible.h"
#include "runtime/running.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MIN_PAUSE_NS = 20000000, PAUSE_NS_PER_KIB = 200000000 >> 20 };
enum { INTERVAL_NS = 20000000, SHARE = 100, LOOKS = 3, CREDIT_NS = 5000000 };

static void tell_memory(void *r, const void *low, const void *high) {
    det_reach_memory(r, (uintptr_t)low, (uintptr_t)high);
}
static void tell_besides(void *r, const void *low, const void *high) {
    det_reach_besides(r, (uintptr_t)low, (uintptr_t)high);
}
static void tell_object(void *r, const void *object) { det_reach_object(r, (uintptr_t)object); }
static void tell_goroutine(void *r, void *task, uintptr_t sp) { det_reach_goroutine(r, task, sp); }

static int64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Nobody is held up for longer than 200 ms of CPU time for each GiB of memory. Asked while the look goes on. */
static int64_t begun_ns;
static bool takes_too_long(uint64_t words) {
    int64_t allowed = MIN_PAUSE_NS + (int64_t)(words * sizeof(uintptr_t) / 1024) * PAUSE_NS_PER_KIB;
    return (running_waited_for() || away_waited_for()) && now_ns(CLOCK_THREAD_CPUTIME_ID) - begun_ns > allowed;
}

/* What the look is for, and what came out. */
struct look {
    enum det_look worth;
    struct snapshot *apart;   /* it may be made in a copy; NULL: here */
    struct det_task *running; /* whose look it is; NULL: nobody runs */
    bool returned;            /* it is main, and all its frames are gone: what exit() has there still has their values in it */
    bool found, begun;        /* begun: the copy is at it */
    struct det_looked out;
    uintptr_t sp; /* of the running one: its registers are above */
};

static void tell_all(struct det_reach *r, const struct look *l) {
    struct running_walk walk = {
        .goroutine = tell_goroutine, .besides = tell_besides, .memory = tell_memory, .object = tell_object, .arg = r};
    visible_tell(r);
    running_walk(&walk);
    away_walk(r);
    if (l->running) det_reach_goroutine(r, l->running, l->returned ? (uintptr_t)__libc_stack_end : l->sp);
}

static void look_here(struct look *l) {
    begun_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    struct det_reach *r = det_reach_begin(l->running ? NULL : takes_too_long);
    if (!r) return;
    tell_all(r, l);
    l->found |= det_reach_end(r, l->worth, &l->out);
}

/* -- in a copy of the process ------------------------------------------------------------------------------------------------- */

/* Each of those who look has a copy of his own: what one does under a seed must not depend on when another one came. */
static struct { struct snapshot ticks, points, asked; } copies;
static size_t answer_bytes;

/* What the unwinder maps for itself, say, is nothing to the engine there, which has no shadow memory. */
static void look_there(void *look, void *answer) {
    __atomic_store_n(&front_ready, false, __ATOMIC_RELAXED); /* there is one thread */
    struct det_reach *r = det_reach_begin(NULL);
    if (!r) return;
    tell_all(r, look);
    det_reach_answer(r, answer, answer_bytes);
}

/* The copy is made while nobody else can fork: without shadow memory, which no other child is to miss. */
static bool begin_there(struct look *l) {
    if (!l->apart) return false;
    visible_hold();
    det_copy_begin();
    bool begun = snapshot_take(l->apart, look_there, l);
    det_copy_end();
    visible_release();
    return begun;
}

static GORO_NOINLINE void look(void *arg) {
    struct look *l = arg;
    l->sp = (uintptr_t)__builtin_frame_address(0);
    l->begun = begin_there(l);
    if (!l->begun) look_here(l);
}

/* The copy has ended; again nobody runs. */
static void take(void *arg) {
    struct look *l = arg;
    l->found |= det_reach_take(snapshot_result(l->apart), &l->out);
}

/* One that has failed, for want of memory say, has the next look made here. */
static bool failed_last;

/* Is the look to be made in a copy? A small one takes less time than the copy. */
static void choose_place(struct look *l, struct snapshot *copy) {
    bool apart = copy && visible_in_copy() && det_reach_expected_ns(visible_bytes()) / 1000 >= front_options.apart;
    l->apart = NULL;
    if (apart && !failed_last && snapshot_allowed()) {
        answer_bytes = det_answer_bytes();
        if (snapshot_prepare(copy, answer_bytes)) l->apart = copy;
    }
    failed_last = false;
}

/* After the call that was to make the look, which has not made a copy. */
static void leave_place(struct look *l) {
    if (l->apart && !l->begun) snapshot_drop(l->apart); /* if it could not be made, it is gone already */
    if (!l->begun) l->apart = NULL;
}

/* Two threads may want to: the monitor's, and who makes a picture. False: the other one is at it. */
static uint32_t looking; /* acquire-release */
static bool begin_looking(void) { return !__atomic_exchange_n(&looking, 1, __ATOMIC_ACQUIRE); }
static void end_looking(void) { __atomic_store_n(&looking, 0, __ATOMIC_RELEASE); }

/* The other one is at it for long only if somebody asked for a picture: then the process ends with what is known. */
void scan_forget(void) {
    if (!front_ready || !begin_looking()) return;
    snapshot_drop(&copies.ticks);
    snapshot_drop(&copies.points);
    snapshot_drop(&copies.asked);
}

static int64_t longer(int64_t ns) { return ns > INTERVAL_NS ? ns : INTERVAL_NS; }

/* Of a kind of looks: those that come by themselves. */
struct rhythm {
    int64_t next;  /* when; 0: not begun */
    int64_t spent; /* of CREDIT_NS: most programs get stuck soon after they have started, and are small then */
    bool hurried;
};

/* The next look, after one that has ended now and has used so much. Who was not reached for the first time is looked for again at
 * once, but not ever again. */
static void keep_time(struct rhythm *r, const struct look *l, int64_t now, int64_t used) {
    r->hurried = l->out.once && !r->hurried;
    bool soon = r->hurried || r->spent + used <= CREDIT_NS;
    r->spent += r->spent + used <= CREDIT_NS ? used : 0;
    r->next = now + (soon ? INTERVAL_NS : longer(used * SHARE));
}

/* -- for who asks ---------------------------------------------------------------------------------------------------------------- */

enum { TRIES = 100, PAUSE_NS = 1000000 };
#define MOST_NS INT64_C(60000000000) /* a copy that is not ready then has failed */

static bool try_quiet(void (*call)(void *arg), struct look *l) {
    for (unsigned i = 0; i < TRIES && !visible_unknown(); i++) {
        if (running_quiet(call, l)) return true;
        syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = PAUSE_NS}, NULL); /* past our own wrapper */
    }
    return false;
}

/* Both of the engine's looks: who is not reached twice is lost. Who runs for a moment is waited for. */
void scan_now(void) {
    enum { LOOKS_NEEDED = 2 };
    struct look l = {0};
    if (!front_ready || visible_unknown() || !begin_looking()) return;
    for (unsigned looks = 0; looks < LOOKS_NEEDED; looks++) {
        visible_find();
        choose_place(&l, &copies.asked);
        bool looked = try_quiet(look, &l);
        leave_place(&l);
        if (!looked) break;
        if (!l.begun) continue;
        failed_last = snapshot_wait(l.apart, MOST_NS) != SNAPSHOT_DONE;
        if (!failed_last) try_quiet(take, &l);
        snapshot_drop(l.apart);
    }
    if (l.found) det_reach_tell();
    end_looking();
}

/* -- under a seed ---------------------------------------------------------------------------------------------------------------- */

/* Under a seed somebody may run all the time: then it is the goroutine itself that looks, which is the only one to run. When,
 * must be the same in every run: counted time decides, and the work that a look is, not the time that it takes. So the
 * answer from a copy, too, is waited for at a time that is counted, which leaves it plenty. */
static bool look_alone(struct look *l, struct snapshot *copy) {
    l->running = front_self.task;
    visible_find();
    choose_place(l, copy);
    bool looked = !visible_unknown() && running_alone(look, l);
    leave_place(l);
    return looked;
}

static GORO_NOINLINE void take_alone(void *arg) {
    struct look *l = arg;
    l->sp = (uintptr_t)__builtin_frame_address(0);
    failed_last = snapshot_wait(l->apart, MOST_NS) != SNAPSHOT_DONE;
    if (!failed_last) take(l);
    else look_here(l);
}

void scan_point(void) {
    enum { PATIENCE = 4 };
    static struct rhythm points;
    struct look l = {.running = front_self.task, .apart = &copies.points};
    int64_t now = running_now();
    if (now < points.next || visible_unknown() || strategy_explores || !begin_looking()) return;
    int64_t copy_ns = 0;
    if (copies.points.shared) {
        running_alone(take_alone, &l);
        snapshot_drop(&copies.points);
        copy_ns = (int64_t)det_copy_costs_ns();
    } else if (points.next) look_alone(&l, &copies.points);
    keep_time(&points, &l, now, (int64_t)l.out.work_ns + copy_ns);
    if (l.begun) points.next = now + longer((int64_t)det_reach_expected_ns(visible_bytes()) * PATIENCE);
    if (l.found) det_reach_tell();
    end_looking();
}

/* What the unwinder does meanwhile, locks of its own say, is not the goroutine's whose thread this was last; nor is it time. */
static bool look_for_nobody(struct look *l) {
    struct front_thread was = front_self;
    front_act_for(NULL);
    front_self.fuel = INT32_MAX;
    bool looked = !visible_unknown() && running_quiet(look, l);
    front_act_for(was.task);
    front_self.fuel = was.fuel;
    front_self.is_thread = was.is_thread;
    return looked;
}

/* Nobody runs for `ns`, by the counted time, and what nobody has now comes from nowhere else: one look is enough. It is made within
 * that time; a larger one is the monitor's, or a switch point's. Where time takes none, waits count together: a ticker of some
 * microseconds leaves no longer one, and there may be no monitor. */
void scan_idle(int64_t ns) {
    enum { FIRST_PAUSE_NS = 1000000, LONGEST_PAUSE_NS = 1000000000, ANYWAY_NS = 100000000 };
    static int64_t next, pause = FIRST_PAUSE_NS, last, idle, expected;
    static uint64_t seen;
    struct look l = {.worth = DET_LOOK_SURE};
    int64_t now = running_now();
    uint64_t waits;
    if (!front_ready || now < next || visible_unknown() || !(waits = det_waits())) return;
    if (waits == seen && now - last < ANYWAY_NS) return;
    idle = front_options.virtual ? idle + ns : ns;
    if (front_options.virtual && idle < expected) return;
    visible_find();
    expected = (int64_t)det_reach_expected_ns(visible_bytes());
    if (expected > idle) return;
    idle = 0;
    while (!begin_looking()) sched_yield(); /* the monitor's is short, as nobody runs */
    if (look_for_nobody(&l)) {
        seen = waits;
        last = now;
        next = now + pause;
        if (pause < LONGEST_PAUSE_NS) pause *= 2;
    }
    if (l.found) det_reach_tell();
    end_looking();
}

void scan_end(void) {
    struct look l = {.worth = DET_LOOK_LAST, .returned = !det_is_inside(front_self.task)};
    if (!front_ready || visible_unknown() || strategy_explores || !begin_looking()) return;
    look_alone(&l, NULL);
    end_looking();
}

static int64_t kernel_ns(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_stime.tv_sec * INT64_C(1000000000) + u.ru_stime.tv_usec * INT64_C(1000);
}

/* -- when ------------------------------------------------------------------------------------------------------------------- */

static int64_t copied_at; /* the process's time in the kernel when the copy was made: pages that it writes are copied */

/* One that has begun is to be ended: false, if it cannot yet. *used: the processor time that it took. */
static bool end_copy(struct look *l, int64_t *used) {
    switch (snapshot_wait(l->apart, 0)) {
    case SNAPSHOT_WORKS: return false;
    case SNAPSHOT_DONE:
        *used = snapshot_used_ns(l->apart) + kernel_ns() - copied_at;
        if (!running_quiet(take, l)) return false;
        break;
    default: failed_last = true;
    }
    snapshot_drop(l->apart);
    return true;
}

static bool look_quiet(struct look *l) {
    visible_find(); /* before: somebody may hold the linker's lock later */
    choose_place(l, &copies.ticks);
    bool looked = !visible_unknown() && running_quiet(look, l);
    leave_place(l);
    if (l->begun) copied_at = kernel_ns();
    return looked && !l->begun;
}

bool scan_tick(void) {
    static struct rhythm ticks;
    static uint32_t last_turns;
    static unsigned looks; /* since somebody ran */
    struct look l = {.apart = &copies.ticks};
    uint32_t turns = running_turns();
    bool begun = copies.ticks.shared;
    if (turns != last_turns) looks = 0;
    last_turns = turns;
    if (!front_ready || visible_unknown() || (looks == LOOKS && !begun)) return false;
    int64_t start = now_ns(CLOCK_MONOTONIC), used = begun ? 0 : now_ns(CLOCK_THREAD_CPUTIME_ID);
    if (!ticks.next) ticks.next = start + INTERVAL_NS;
    if ((start < ticks.next && !begun) || !begin_looking()) return true;
    bool ended = begun ? end_copy(&l, &used) : look_quiet(&l);
    if (!begun) used = now_ns(CLOCK_THREAD_CPUTIME_ID) - used;
    looks += ended;
    if (ended) keep_time(&ticks, &l, now_ns(CLOCK_MONOTONIC), used);
    if (l.found) det_reach_tell();
    end_looking();
    return true;
}
