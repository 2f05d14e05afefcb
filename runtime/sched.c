/* The scheduler, first form: one global queue under one lock, one thread per P.
 *
 * Not done yet: run queues per P, stealing, the monitor, lazily bound stacks, single mode. */
#include "runtime/g.h"
#include "runtime/running.h"
#include "runtime/base/fmt.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

CONTEXT_ROOT_ASM;

enum { STACK_BYTES = 256 * 1024 };

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *argument;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct g *head, *tail; /* runnable */
    struct g *free;
    unsigned nprocs, threads, waiting;
    uint64_t last_id, foreign;
    int64_t alive, blocked;
    const struct poller *poller;
    int64_t due;
    bool poller_waiting;
} sched = {.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .due = INT64_MAX};

static struct m main_m;
static struct g main_g;
static __thread struct m *self __attribute__((tls_model("initial-exec")));

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void queue_locked(struct g *g, bool first) {
    g->state = G_QUEUED;
    if (g->bound_m) {
        g->bound_m->mail = g;
        if (g->bound_m->foreign) pthread_cond_signal(&g->bound_m->wake);
        else pthread_cond_broadcast(&sched.work);
        if (sched.poller_waiting) sched.poller->interrupt();
        return;
    }
    g->next = NULL;
    if (first) {
        g->next = sched.head;
        sched.head = g;
        if (!sched.tail) sched.tail = g;
    } else {
        if (sched.tail) sched.tail->next = g;
        else sched.head = g;
        sched.tail = g;
    }
    if (sched.waiting) pthread_cond_signal(&sched.work);
    if (sched.poller_waiting) sched.poller->interrupt();
}

static struct g *dequeue_locked(struct m *m) {
    struct g *g = m->mail;
    if (g) {
        m->mail = NULL;
        return g;
    }
    g = sched.head;
    if (!g) return NULL;
    sched.head = g->next;
    if (!sched.head) sched.tail = NULL;
    return g;
}

static void *stack_map(void) {
    char *p = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) environment_error("mmap", "no memory for a goroutine's stack", errno);
    mprotect(p, 4096, PROT_NONE);
    return p;
}

static _Noreturn void *m_main(void *arg);

static void thread_start_locked(void) {
    struct m *m = calloc(1, sizeof *m);
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int e = m ? pthread_create(&thread, &attr, m_main, m) : ENOMEM;
    if (e) environment_error("pthread_create", "no thread to run goroutines on", e);
    pthread_attr_destroy(&attr);
    sched.threads++;
}

/* What a goroutine that has just been left asked for. */
static void finish_switch(struct m *m) {
    if (m->requeue) {
        pthread_mutex_lock(&sched.lock);
        queue_locked(m->requeue, false);
        pthread_mutex_unlock(&sched.lock);
        m->requeue = NULL;
    }
    if (m->ended) {
        pthread_mutex_lock(&sched.lock);
        m->ended->next = sched.free;
        sched.free = m->ended;
        sched.alive--;
        pthread_mutex_unlock(&sched.lock);
        m->ended = NULL;
    }
    if (m->unlock) {
        struct lock *l = m->unlock;
        m->unlock = NULL;
        lock_drop(l);
    }
}

static void run_g(struct m *m, struct g *g) {
    m->g = g;
    g->m = m;
    g->state = G_RUNNING;
    hook_task_switch(g->task);
    errno = g->saved_errno;
    context_switch(&m->context, &g->context, m);
    hook_task_switch(NULL);
    m->g = NULL;
    finish_switch(m);
}

static void poll_due(void) {
    if (!sched.poller) return;
    int64_t due = sched.poller->due(now_ns());
    pthread_mutex_lock(&sched.lock);
    sched.due = due;
    pthread_mutex_unlock(&sched.lock);
}

static void all_asleep(void) {
    hook_misuse(HOOK_GD001_ALL_ASLEEP, NULL, 0);
    fmt_fd(2, "fatal error: all goroutines are asleep - deadlock!\n");
    _exit(GORO_EXIT_PANIC);
}

/* Threads of this process that we did not make: any of them could call in. */
static bool foreign_threads(void) {
    struct stat st;
    return stat("/proc/self/task", &st) || st.st_nlink > 2 + 1 + sched.threads;
}

static void idle_wait_locked(struct m *m) {
    const struct poller *poller = sched.poller;
    if (poller && !sched.poller_waiting && !m->foreign) {
        int64_t deadline = sched.due;
        sched.poller_waiting = true;
        pthread_mutex_unlock(&sched.lock);
        if (poller->wait) poller->wait(deadline);
        else usleep(100);
        pthread_mutex_lock(&sched.lock);
        sched.poller_waiting = false;
        pthread_mutex_unlock(&sched.lock);
        poll_due();
        pthread_mutex_lock(&sched.lock);
        return;
    }
    if (sched.blocked == sched.alive && !foreign_threads() && (!poller || !poller->can_wake())) all_asleep();
    sched.waiting++;
    pthread_cond_wait(&sched.work, &sched.lock);
    sched.waiting--;
}

/* The scheduler's loop of one thread; never returns. */
static _Noreturn void schedule(struct m *m) {
    finish_switch(m);
    unsigned tick = 0;
    for (;;) {
        if (sched.poller && ++tick % 61 == 0) poll_due();
        pthread_mutex_lock(&sched.lock);
        struct g *g;
        while (!(g = dequeue_locked(m))) idle_wait_locked(m);
        pthread_mutex_unlock(&sched.lock);
        if (!g->context.pc) {
            if (!g->stack) g->stack = stack_map();
            context_make(&g->context, (uintptr_t)g->stack + STACK_BYTES);
            hook_task_stack(g->task, (uintptr_t)g->stack, (uintptr_t)g->stack + STACK_BYTES);
        }
        run_g(m, g);
    }
}

static _Noreturn void *m_main(void *arg) {
    self = arg;
    schedule(arg);
}

/* -- goroutines' ends ------------------------------------------------------------------------------------ */

static void run_deferred(struct g *g) {
    struct deferred *d;
    while ((d = g->deferred)) {
        g->deferred = d->next;
        d->fn(d->argument);
        free(d);
    }
}

_Noreturn void g_exit(struct g *g) {
    run_deferred(g);
    g = runtime_enter();
    hook_task_end(g->task);
    struct m *m = g->m;
    m->ended = g;
    g->state = G_FREE;
    context_jump(&m->context, m);
}

_Noreturn void stack_main(void *carry) {
    struct m *m = carry;
    struct g *g = m->g;
    if (!g) schedule(m);
    const uint64_t *a = g->arguments;
    ((void (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t))g->fn)(a[0], a[1], a[2], a[3], a[4], a[5]);
    g_exit(runtime_enter());
}

/* -- sched.h ------------------------------------------------------------------------------------------------- */

static void main_deferred(void) {
    run_deferred(&main_g);
    hook_exit();
}

__attribute__((constructor)) static void sched_init(void) {
    const char *text = getenv("GOMAXPROCS");
    int n = text ? atoi(text) : 0;
    sched.nprocs = n > 0 ? (unsigned)n : cpu_count();
    main_g = (struct g){.id = 1, .m = &main_m, .bound_m = &main_m, .state = G_RUNNING};
    main_m.g = &main_g;
    sched.last_id = sched.alive = 1;
    self = &main_m;
    main_g.task = hook_task_main();
    hook_task_switch(main_g.task);
    atexit(main_deferred);
}

struct g *runtime_enter(void) {
    struct m *m = self;
    if (likely(m && m->g)) return m->g;
    m = calloc(1, sizeof *m);
    struct g *g = calloc(1, sizeof *g);
    if (!m || !g) environment_error("calloc", "no memory to attach a thread", ENOMEM);
    pthread_cond_init(&m->wake, NULL);
    m->foreign = true;
    g->task = hook_task_thread();
    g->bound_m = m;
    m->g = g;
    g->m = m;
    pthread_mutex_lock(&sched.lock);
    g->id = ++sched.last_id;
    sched.alive++;
    sched.foreign++;
    pthread_mutex_unlock(&sched.lock);
    self = m;
    return g;
}

void runtime_leave(struct g *g) { (void)g; }

static GORO_NOINLINE void leave_stack(struct g *g) {
    struct m *m = g->m;
    g->saved_errno = errno;
    if (m == &main_m && !m->context.sp) {
        /* the main thread's scheduler runs on a stack of its own, made at the first park */
        struct context start;
        context_make(&m->context, (uintptr_t)stack_map() + STACK_BYTES);
        start = m->context;
        m->g = NULL;
        context_switch(&g->context, &start, m);
        return;
    }
    context_switch(&g->context, &m->context, m);
}

static void park_foreign(struct g *g, struct lock *lock) {
    pthread_mutex_lock(&sched.lock);
    sched.blocked++;
    g->state = G_PARKED;
    if (lock) lock_drop(lock);
    while (g->state == G_PARKED) pthread_cond_wait(&g->bound_m->wake, &sched.lock);
    g->state = G_RUNNING;
    pthread_mutex_unlock(&sched.lock);
}

void park(struct g *g, struct lock *lock, enum hook_object kind, const void *object, uintptr_t pc) {
    g->wait_kind = (uint8_t)kind;
    g->wait_object = object;
    g->wait_pc = pc;
    if (g->m->foreign) {
        park_foreign(g, lock);
        return;
    }
    g->state = G_PARKED;
    g->m->unlock = lock;
    pthread_mutex_lock(&sched.lock);
    sched.blocked++;
    pthread_mutex_unlock(&sched.lock);
    leave_stack(g);
}

static void make_ready(struct g *g, bool first) {
    pthread_mutex_lock(&sched.lock);
    sched.blocked--;
    queue_locked(g, first);
    pthread_mutex_unlock(&sched.lock);
}
void ready(struct g *g) { make_ready(g, true); }
void ready_last(struct g *g) { make_ready(g, false); }

void yield_now(struct g *g) {
    if (g->m->foreign) {
        sched_yield();
        return;
    }
    g->m->requeue = g;
    leave_stack(g);
}

void spawn(struct g *parent, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc) {
    goro_assert(count <= SPAWN_ARGUMENTS);
    pthread_mutex_lock(&sched.lock);
    struct g *g = sched.free;
    if (g) sched.free = g->next;
    char *stack = g ? g->stack : NULL;
    if (!g && !(g = malloc(sizeof *g))) environment_error("malloc", "no memory for a goroutine", ENOMEM);
    *g = (struct g){.fn = fn, .stack = stack, .id = ++sched.last_id, .parent_id = parent->id, .created_pc = pc};
    memcpy(g->arguments, arguments, count * sizeof *arguments);
    sched.alive++;
    pthread_mutex_unlock(&sched.lock);
    g->task = hook_task_create(g->id, (uintptr_t)fn, pc);
    pthread_mutex_lock(&sched.lock);
    queue_locked(g, false);
    if (sched.threads < sched.nprocs) thread_start_locked();
    pthread_mutex_unlock(&sched.lock);
}

unsigned choose(struct g *g, unsigned n) {
    static uint64_t state = 88172645463325252u;
    unsigned chosen;
    (void)g;
    if (hook_choose(n, &chosen)) return chosen;
    uint64_t x = __atomic_load_n(&state, __ATOMIC_RELAXED);
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    __atomic_store_n(&state, x, __ATOMIC_RELAXED);
    return (unsigned)((x >> 32) * n >> 32);
}

uint64_t g_id(const struct g *g) { return g->id; }
void *g_task(const struct g *g) { return g->task; }
void **g_slot(struct g *g) { return &g->slot; }

void g_set_name(struct g *g, const char *name) {
    size_t n = name ? strnlen(name, sizeof g->name - 1) : 0;
    memcpy(g->name, name ? name : "", n);
    g->name[n] = 0;
    hook_task_name(g->task, g->name);
}

bool g_defer(struct g *g, void (*fn)(void *), void *argument) {
    struct deferred *d = malloc(sizeof *d);
    if (!d) return false;
    *d = (struct deferred){g->deferred, fn, argument};
    g->deferred = d;
    return true;
}

uint64_t g_count(void) { return (uint64_t)__atomic_load_n(&sched.alive, __ATOMIC_RELAXED); }
void thread_lock(struct g *g) { g->thread_locks++; }
void thread_unlock(struct g *g) { g->thread_locks--; }

unsigned gomaxprocs_set(struct g *g, int n) {
    (void)g;
    unsigned before = sched.nprocs;
    if (n > 0) sched.nprocs = (unsigned)n;
    return before;
}

unsigned cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}

void poller_set(const struct poller *poller) {
    pthread_mutex_lock(&sched.lock);
    sched.poller = poller;
    pthread_cond_broadcast(&sched.work);
    pthread_mutex_unlock(&sched.lock);
}

void poller_notify(int64_t when) {
    pthread_mutex_lock(&sched.lock);
    if (when < sched.due) sched.due = when;
    if (sched.poller_waiting) sched.poller->interrupt();
    pthread_mutex_unlock(&sched.lock);
}

static _Noreturn void die(const char *kind, const char *format, va_list ap) {
    char text[1024];
    struct fmt f;
    fmt_init(&f, text, sizeof text);
    fmt_vprint(&f, format, ap);
    fmt_fd(2, "%s: %s\n\ngoroutine %lu [running]:\n", kind, text, runtime_enter()->id);
    _exit(GORO_EXIT_PANIC);
}

void panic_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    hook_misuse(what, object, pc);
    va_start(ap, format);
    die("panic", format, ap);
}

void fatal_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...) {
    va_list ap;
    hook_misuse(what, object, pc);
    va_start(ap, format);
    die("fatal error", format, ap);
}

/* -- running.h ----------------------------------------------------------------------------------------------- */

void *running_task(void) { return self && self->g ? self->g->task : NULL; }
uint64_t running_id(void) { return self && self->g ? self->g->id : 0; }
void running_switch_point(void) {
    if (self && self->g) yield_now(self->g);
}
void running_limit(unsigned n) {
    if (n && n < sched.nprocs) sched.nprocs = n;
}
