// A WaitGroup or lock is a local variable of a function that returns while a goroutine still uses it.
// expect: GR003
// mode: race
// each: wait_group
// each: mutex
// each: read_write_lock
#include "../pick.h"
#include "../stage.h"

#define APART static __attribute__((noinline))

static void finish(goro_wg *wg) {
    stage_pause();
    goro_wg_done(wg); // race: first
}
static void lock(goro_mutex *m) {
    stage_pause();
    goro_mutex_lock(m);   // race: first
    goro_mutex_unlock(m); // race: first
}
static void read_lock(goro_rwmutex *m) {
    stage_pause();
    goro_rwmutex_rlock(m);   // race: first
    goro_rwmutex_runlock(m); // race: first
}

static int started;

/* The objects lie so far down that no later call overwrites them: what is in them goes on as if nothing had happened. */
static volatile size_t far = 1 << 16, of_object = 256;

APART void start_group(void) {
    volatile char *room = __builtin_alloca(far);
    goro_wg *wg = __builtin_alloca(of_object);
    room[0] = 1;
    *wg = (goro_wg){0};
    goro_wg_add(wg, 1);
    go(finish, wg);
    started++; // race: second
} // race: second
APART void start_lock(void) {
    volatile char *room = __builtin_alloca(far);
    goro_mutex *m = __builtin_alloca(of_object);
    room[0] = 1;
    *m = (goro_mutex){0};
    go(lock, m);
    started++; // race: second
} // race: second
APART void start_read_lock(void) {
    volatile char *room = __builtin_alloca(far);
    goro_rwmutex *m = __builtin_alloca(of_object);
    room[0] = 1;
    *m = (goro_rwmutex){0};
    go(read_lock, m);
    started++; // race: second
} // race: second

static void wait_group(void) { start_group(), stage_pause(), stage_pause(); }
static void mutex(void) { start_lock(), stage_pause(), stage_pause(); }
static void read_write_lock(void) { start_read_lock(), stage_pause(), stage_pause(); }

static const struct pattern patterns[] = {PATTERN(wait_group), PATTERN(mutex), PATTERN(read_write_lock)};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
