/* Starts the engine, and knows who each thread acts for. */
#include "instrument/front.h"
#include "instrument/outside.h"
#include "instrument/decisions.h"
#include "instrument/footprint.h"
#include "instrument/modules.h"
#include "instrument/picture.h"
#include "instrument/scan.h"
#include "instrument/threads.h"
#include "instrument/strategy.h"
#include "instrument/trace_out.h"
#include "instrument/visible.h"
#include "instrument/wire_out.h"
#include "instrument/wrap.h"
#include "detector/wire.h"
#include "runtime/running.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct front_thread front_self __attribute__((tls_model("initial-exec")));
bool front_ready;

enum { STOPPED, STARTING, RUNNING };
static int state; /* changed by compare-exchange: acquire-release, one thread wins */
static struct det_task *main_task;
static uint64_t random_state, thread_ids = 1; /* main is 1 */

/* Mean distance of two switch points, in reads. A switch costs about 100 reads' worth. READ_NS: what the program's time
 * grows by for each; about what it takes here, with all that is done between two. */
enum { FUEL_MEAN = 512, READ_NS = 20 };

/* -- start ---------------------------------------------------------------------------------------------------------- */

static void seed_choices(void) {
    if (!front_options.seed) {
        uint32_t drawn = 0; /* short, so that a user can copy it */
        if (syscall(SYS_getrandom, &drawn, sizeof drawn, 0) != sizeof drawn) drawn = (uint32_t)getpid();
        front_options.seed = drawn ? drawn : 1;
    }
    random_state = front_options.seed;
}

/* The main thread's stack may grow down to the limit; the engine is told of all that may become stack. */
static void tell_main_stack(void) {
    struct rlimit limit;
    uintptr_t high = ((uintptr_t)__libc_stack_end + 4095) & ~(uintptr_t)4095, size = 8u << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (64u << 20))
        size = limit.rlim_cur;
    det_task_stack(main_task, high - size, high);
}

static void emit(const struct finding *f, void *arg) {
    (void)arg;
    bool held = running_hold(); /* who reads may be slow */
    wire_out_finding(f);
    running_release(held);
}
static void withdraw(uint64_t number, void *arg) {
    (void)arg;
    wire_out_withdraw(number);
}
static void picture(const struct finding *f, void *arg) {
    (void)arg;
    wire_out_picture(f);
}
static void degraded(const char *what, void *arg) {
    (void)arg;
    wire_out_degraded(what);
}

/* What a finding says must not depend on the real time. */
static uint64_t now_ns(void) { return (uint64_t)running_now(); }

void front_start(void) {
    int stopped = STOPPED;
    if (likely(front_ready)) return;
    if (!__atomic_compare_exchange_n(&state, &stopped, STARTING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return;
    front_options_read(getenv(WIRE_ENV_OPTIONS));
    seed_choices();
    wrap_resolve_all();
    wire_out_start();
    trace_out_start();
    journal_start();
    struct det_config config = {
        .emit = emit, .withdraw = withdraw, .degraded = degraded, .picture = picture, .alone = !front_options.parallel};
    if (!front_options.parallel) config.now_ns = now_ns;
    det_init(&config);
    main_task = det_task_new(NULL, DET_MAIN, 1, 0, 0);
    front_act_for(main_task);
    tell_main_stack();
    visible_thread(0);
    front_self.fuel = INT32_MAX;
    /* One at a time is the runtime's limit, not the engine's: a goroutine that blocks in a system call is overtaken by
     * others and comes back beside them. So the engine does without locks only until a second thread enters it. */
    if (!front_options.parallel) running_limit(1);
    if (front_options.virtual) running_virtual_time();
    if (journal_on) outside_standard_input();
    __atomic_store_n(&state, RUNNING, __ATOMIC_RELEASE);
    picture_start();
    __atomic_store_n(&front_ready, true, __ATOMIC_RELEASE); /* pairs with nothing: read on the same thread first */
}

static void before_fork(void) {
    thread_fork_before();
    visible_hold();
    det_fork_before(front_task());
}
static void after_fork(bool in_child) {
    det_fork_after(in_child);
    visible_release();
    thread_fork_after();
}
static void after_fork_in_parent(void) { after_fork(false); }
static void after_fork_in_child(void) {
    front_self.id = 0;
    journal_forked();
    trace_out_forked();
    wire_out_forked();
    footprint_forked();
    after_fork(true);
}

/* Before anybody's constructors where the order can be chosen; __tsan_init comes first otherwise. */
__attribute__((constructor(101))) static void start_early(void) {
    front_start();
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

struct det_task *front_main_task(void) {
    front_start();
    return main_task;
}

/* -- threads --------------------------------------------------------------------------------------------------------- */

uint32_t front_next_number(void) {
    static uint32_t numbers;

    return __atomic_add_fetch(&numbers, 1, __ATOMIC_RELAXED);
}

uint64_t front_next_thread_id(void) { return __atomic_add_fetch(&thread_ids, 1, __ATOMIC_RELAXED); }

/* A thread nobody announced (made by a raw clone, or before we were there) knows nothing and may race with anybody;
 * we cannot tell what ordered its start, so it is not judged. So is the runtime's scheduler. */
struct det_task *front_attach(void) {
    front_start();
    if (front_self.task) return front_self.task;
    if (!front_self.own) {
        front_self.own = det_task_new(NULL, DET_THREAD, front_next_thread_id(), 0, 0);
        det_ignore_begin(front_self.own);
    }
    front_self.fuel = INT32_MAX;
    front_self.is_thread = true;
    front_act_for(front_self.own);
    return front_self.own;
}

/* -- choices and switch points ---------------------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): any number of threads
 * may draw, each draw is one atomic addition (relaxed: the numbers order nothing). */
static uint64_t draws; /* written by one goroutine at a time; with parallel=1 nobody looks */
uint64_t front_draws(void) { return draws; }

uint64_t front_random(void) {
    if (!front_options.parallel) draws++;
    uint64_t z = __atomic_add_fetch(&random_state, UINT64_C(0x9e3779b97f4a7c15), __ATOMIC_RELAXED);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void front_reseed(uint64_t seed, uint64_t choices) {
    front_options.seed = seed;
    random_state = choices;
}

static bool switching; /* there is somebody to switch to: set once, before the first goroutine besides main can run */

static int32_t drawn;                 /* the last fuel */
static int32_t fuel_left = INT32_MAX; /* of the goroutine that was put down last */

static uint64_t burnt; /* before that */

static void refuel(void) {
    burnt += (uint64_t)(drawn - front_self.fuel);
    drawn = front_self.fuel = 0;
    if (decisions_followed) drawn = decisions_fuel();
    else drawn = strategy_explores ? strategy_fuel() : 1 + (int32_t)(front_random() % (2 * FUEL_MEAN));
    front_self.fuel = drawn;
}

uint64_t front_burnt(void) {
    bool carried = front_self.task && !front_self.is_thread;
    int32_t left = carried ? front_self.fuel : __atomic_load_n(&fuel_left, __ATOMIC_RELAXED);
    return switching ? burnt + (uint64_t)(drawn - left) : 0;
}

/* The program's time grows with what was burnt. */
static void spend(void) {
    static uint64_t spent;
    uint64_t now = front_burnt();
    running_spent(strategy_explores ? strategy_time_ns((int32_t)(now - spent)) : (int64_t)drawn * READ_NS);
    spent = now;
}

void front_spend(void) {
    if (!front_self.is_thread && switching) spend();
}

void front_cut(int32_t left, int32_t cost) {
    if (!switching) return;
    drawn -= front_self.fuel - left;
    burnt += (uint64_t)cost;
    front_self.fuel = left;
}

void front_refill(void) {
    if (!switching) return;
    spend();
    refuel();
}

/* relaxed: on all processors there is no fuel, and otherwise one thread at a time is here. A thread's own, which does not
 * run out, stays with the thread. */
void front_put_down(void) {
    if (front_self.fuel <= 2 * FUEL_MEAN) __atomic_store_n(&fuel_left, front_self.fuel, __ATOMIC_RELAXED);
}
void front_take_up(void) { front_self.fuel = __atomic_load_n(&fuel_left, __ATOMIC_RELAXED); }

void front_goroutines_begin(void) {
    if (likely(switching) || front_options.parallel) return;
    switching = true;
    front_self.fuel = 0;
    refuel();
}

/* False: there are no switch points, for this thread or yet. */
static bool pass_switch_point(void) {
    if (front_self.is_thread || !switching) {
        front_self.fuel = INT32_MAX;
        return false;
    }
    spend();
    refuel();
    det_tick();
    return true;
}

void front_out_of_fuel(void) {
    if (unlikely(front_self.signals)) front_deliver_signals();
    if (unlikely(journal_replays)) front_replay_signals();
    if (!pass_switch_point()) return;
    scan_point();
    running_switch_point();
}

/* Handlers of signals wait for the next read: here the runtime is in the middle of something. */
bool front_point_is_due(void) {
    if (strategy_explores) strategy_operation(det_task_id(front_task()));
    if (strategy_explores && det_reorders()) det_begins(front_task());
    return (!front_self.signals || journal_on) && pass_switch_point();
}
