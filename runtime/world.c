/* Stopping everybody, and what needs it: the number of P's.
 *
 * The world is stopped when every P but the stopper's is with nobody. Owners in user code are kept out (as when a P is
 * retaken), owners inside surrender their P when they next look at their attention. While sched.stopping is set no P
 * can be had.
 *
 * Threads: gomaxprocs_set inside; one stopper at a time, others yield until he is done. */
#include "runtime/barrier.h"
#include "runtime/base/fmt.h"
#include "runtime/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { FREEZE_NS = 1000000 }; /* long enough for a running thread to come to a switch */

/* -- the number of processors ---------------------------------------------------------------------------------------- */

unsigned cpu_count(void) {
    for (size_t bits = 1024; bits <= 1 << 20; bits *= 4) {
        cpu_set_t *set = CPU_ALLOC(bits);
        if (!set) break;
        size_t size = CPU_ALLOC_SIZE(bits);
        int e = sched_getaffinity(0, size, set) ? errno : 0;
        int n = e ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (n > 0) return (unsigned)n;
        if (e != EINVAL) break; /* EINVAL: the kernel knows more CPUs than that */
    }
    return 1;
}

static bool read_file(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0;
}

/* The first line of /proc/self/cgroup that belongs to the controller ("": version 2) holds the path. */
static bool cgroup_path(const char *controller, char *path, size_t size) {
    static char text[8192];
    if (!read_file("/proc/self/cgroup", text, sizeof text)) return false;
    char *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *names = strchr(line, ':');
        char *where = names ? strchr(names + 1, ':') : NULL;
        if (!where) continue;
        *where++ = 0;
        bool ours = *controller ? strstr(names + 1, controller) != NULL : names[1] == 0;
        if (!ours || strlen(where) >= size) continue;
        strcpy(path, strcmp(where, "/") ? where : "");
        return true;
    }
    return false;
}

static unsigned quota_cpus(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return UINT32_MAX;
    long long n = (quota + period - 1) / period;
    return n < MOST_PROCS ? (unsigned)n : MOST_PROCS;
}

/* The tightest quota from our own group up to the root. */
static unsigned quota_v2(void) {
    char path[1024], file[1200], text[64];
    unsigned least = UINT32_MAX;
    if (!cgroup_path("", path, sizeof path)) return least;
    for (;;) {
        struct fmt f;
        fmt_init(&f, file, sizeof file);
        fmt_print(&f, "/sys/fs/cgroup%s/cpu.max", path);
        char *end;
        if (read_file(file, text, sizeof text) && strncmp(text, "max", 3) != 0) {
            long long quota = strtoll(text, &end, 10);
            unsigned n = quota_cpus(quota, strtoll(end, NULL, 10));
            if (n < least) least = n;
        }
        char *slash = strrchr(path, '/');
        if (!slash) return least;
        *slash = 0;
    }
}

static long long read_number(const char *path, const char *name) {
    char file[1200], text[64];
    struct fmt f;
    fmt_init(&f, file, sizeof file);
    fmt_print(&f, "/sys/fs/cgroup/cpu%s/%s", path, name);
    return read_file(file, text, sizeof text) ? strtoll(text, NULL, 10) : -1;
}

static unsigned quota_v1(void) {
    char path[1024];
    if (!cgroup_path("cpu", path, sizeof path)) return UINT32_MAX;
    unsigned own = quota_cpus(read_number(path, "cpu.cfs_quota_us"), read_number(path, "cpu.cfs_period_us"));
    /* In a container the path is often that of the host, and our group is the mount's root. */
    unsigned root = quota_cpus(read_number("", "cpu.cfs_quota_us"), read_number("", "cpu.cfs_period_us"));
    return own < root ? own : root;
}

unsigned procs_default(void) {
    const char *text = getenv("GOMAXPROCS");
    char *end;
    long n = text ? strtol(text, &end, 10) : 0;
    if (n > 0 && n <= INT32_MAX && !*end && *text >= '0') /* else it is no number to Go, and ignored */
        return n < MOST_PROCS ? (unsigned)n : MOST_PROCS;
    unsigned cpus = cpu_count(), v1 = quota_v1(), v2 = quota_v2();
    if (v1 < cpus) cpus = v1;
    if (v2 < cpus) cpus = v2;
    return cpus > 0 ? cpus : 1;
}

/* -- stopping and starting ---------------------------------------------------------------------------------------------- */

void world_surrender_locked(struct m *m) {
    struct start none = {0};
    p_release_locked(m, &none);
}

/* With sched.mutex, after a barrier: takes the P's of those who are kept out; true if all but mine are with nobody. */
static bool collect_locked(const struct p *mine) {
    bool all = true;
    for (unsigned i = 0; i < sched.nprocs; i++) {
        struct p *p = sched.ps[i];
        if (p == mine || !p->m) continue;
        if (owner_kept_out_locked(p, p->m)) world_surrender_locked(p->m);
        else all = false;
    }
    return all;
}

static void world_stop(struct p *mine) {
    os_mutex_lock(&sched.mutex);
    sched.stopping = true;
    for (unsigned i = 0; i < sched.nprocs; i++)
        if (sched.ps[i]->m && sched.ps[i] != mine) attention_ask(sched.ps[i]->m);
    os_mutex_unlock(&sched.mutex);
    barrier_all();
    for (;;) {
        os_mutex_lock(&sched.mutex);
        bool all = collect_locked(mine);
        os_mutex_unlock(&sched.mutex);
        if (all) return;
        sched_yield();
    }
}

static void world_start(void) {
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    sched.stopping = false;
    if (sched.global.count) p_start_idle_locked(&s); /* who finds work starts the next */
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* Whoever is asked goes to the mutex at his next switch or enter, and stays there. A mutex that is held, perhaps by the
 * very thread that a signal has interrupted, is not waited for. */
void world_freeze(void) {
    if (!os_mutex_try_lock(&sched.mutex)) return;
    for (struct m *m = sched.all_ms; m; m = m->next) attention_ask(m);
    nanosleep(&(struct timespec){.tv_nsec = FREEZE_NS}, NULL);
}

/* -- GOMAXPROCS ----------------------------------------------------------------------------------------------------------- */

struct p *p_new(unsigned index) {
    static struct p *block;
    static unsigned left;
    if (!left) {
        left = 16;
        block = mmap(NULL, left * sizeof *block, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) environment_error("mmap", "no memory for a processor's record", errno);
    }
    struct p *p = block++;
    left--;
    p->index = index;
    runq_init(&p->runq);
    p->random = (uint64_t)clock_now() * 0x9e3779b97f4a7c15u + index + 1;
    return p;
}

/* With the world stopped: p's goroutines go to everybody, since an idle P has none. */
static void p_empty_locked(struct p *p) { runq_give_all(&p->runq, &sched.global); }

static struct p *find_idle_locked(unsigned below) {
    for (unsigned i = 0; i < below; i++)
        if (!sched.ps[i]->m) return sched.ps[i];
    return NULL;
}

static void relist_idle_locked(void) {
    sched.idle_ps = NULL;
    hint_set(sched.idle_p_count, 0);
    for (unsigned i = sched.nprocs; i-- > 0;)
        if (!sched.ps[i]->m) p_put_idle_locked(sched.ps[i]);
}

static void procs_resize(struct m *m, unsigned n) {
    os_mutex_lock(&sched.mutex);
    for (unsigned i = sched.nprocs; i < n; i++)
        if (!sched.ps[i]) __atomic_store_n(&sched.ps[i], p_new(i), __ATOMIC_RELEASE); /* pairs with p_at */
    if (m->p->index >= n) {
        struct p *keep = find_idle_locked(n);
        m->p->m = NULL;
        hint_set(m->p, keep);
        keep->m = m;
    }
    for (unsigned i = 0; i < sched.nprocs; i++)
        if (sched.ps[i] != m->p) p_empty_locked(sched.ps[i]);
    for (unsigned i = n; i < sched.nprocs; i++) stacks_flush(&sched.ps[i]->stacks);
    __atomic_store_n(&sched.nprocs, n, __ATOMIC_RELEASE); /* pairs with procs_now */
    hint_set(sched.hungry, 0);
    relist_idle_locked();
    os_mutex_unlock(&sched.mutex);
}

unsigned gomaxprocs_set(struct g *g, int n) {
    unsigned before = sched.configured;
    if (n < 1 || (unsigned)n == before) return before;
    if (n > MOST_PROCS) n = MOST_PROCS;
    static uint32_t changing; /* exchange pairs with the store below */
    while (__atomic_exchange_n(&changing, 1, __ATOMIC_ACQUIRE)) yield_now(g);
    unsigned wanted = sched.limit && sched.limit < (unsigned)n ? sched.limit : (unsigned)n;
    sched.configured = (unsigned)n;
    if (wanted != sched.nprocs) {
        world_stop(g->m->p);
        procs_resize(g->m, wanted);
        world_start();
    }
    __atomic_store_n(&changing, 0, __ATOMIC_RELEASE);
    return before;
}
