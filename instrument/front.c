/* Starts the engine, and knows who each thread acts for. */
#include "instrument/front.h"
#include "instrument/modules.h"
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

/* Mean distance of two switch points, in reads. A switch costs about 100 reads' worth. */
enum { FUEL_MEAN = 512 };

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
extern void *__libc_stack_end;
static void tell_main_stack(void) {
    struct rlimit limit;
    uintptr_t high = ((uintptr_t)__libc_stack_end + 4095) & ~(uintptr_t)4095, size = 8u << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (64u << 20))
        size = limit.rlim_cur;
    det_task_stack(main_task, high - size, high);
}

static void emit(const struct finding *f, void *arg) {
    (void)arg;
    wire_out_finding(f);
}
static void degraded(const char *what, void *arg) {
    (void)arg;
    wire_out_degraded(what);
}

void front_start(void) {
    int stopped = STOPPED;
    if (likely(front_ready)) return;
    if (!__atomic_compare_exchange_n(&state, &stopped, STARTING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return;
    front_options_read(getenv(WIRE_ENV_OPTIONS));
    seed_choices();
    wrap_resolve_all();
    wire_out_start();
    struct det_config config = {.emit = emit, .degraded = degraded};
    det_init(&config);
    main_task = det_task_new(NULL, DET_MAIN, 1, 0, 0);
    front_self.task = main_task;
    tell_main_stack();
    front_refuel();
    /* One at a time is the runtime's limit; the engine keeps its locks all the same, since a goroutine that blocks in
     * a system call is overtaken by others and comes back beside them. */
    if (!front_options.parallel) running_limit(1);
    __atomic_store_n(&state, RUNNING, __ATOMIC_RELEASE);
    __atomic_store_n(&front_ready, true, __ATOMIC_RELEASE); /* pairs with nothing: read on the same thread first */
}

static void before_fork(void) { det_fork_before(front_task()); }

/* Before anybody's constructors where the order can be chosen; __tsan_init comes first otherwise. */
__attribute__((constructor(101))) static void start_early(void) {
    front_start();
    pthread_atfork(before_fork, det_fork_after, det_fork_after);
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
    return front_self.task = front_self.own;
}

/* -- choices and switch points ---------------------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): any number of threads
 * may draw, each draw is one atomic addition (relaxed: the numbers order nothing). */
uint64_t front_random(void) {
    uint64_t z = __atomic_add_fetch(&random_state, UINT64_C(0x9e3779b97f4a7c15), __ATOMIC_RELAXED);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool switching; /* there is somebody to switch to: set once, before the first goroutine besides main can run */

void front_refuel(void) {
    front_self.fuel = switching ? 1 + (int32_t)(front_random() % (2 * FUEL_MEAN)) : INT32_MAX;
}

void front_goroutines_begin(void) {
    if (likely(switching) || front_options.parallel) return;
    switching = true;
    front_refuel();
}

void front_out_of_fuel(void) {
    if (unlikely(front_self.signals)) front_deliver_signals();
    if (front_self.is_thread) {
        front_self.fuel = INT32_MAX;
        return;
    }
    front_refuel();
    if (switching) running_switch_point();
}
