/* Mutexes and read-write mutexes: who gets in, who may unlock, and that nobody starves. */
#include "scenario.h"

static goro_mutex mu;
static goro_rwmutex rw;

/* -- mutex ------------------------------------------------------------------------------------------------------------- */

SCENARIO(mutex, zero_value) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    say("unlocked");
}
SCENARIO(mutex, unlock_of_unlocked) { goro_mutex_unlock(&mu); }
SCENARIO(mutex, unlock_twice) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_mutex_unlock(&mu);
}
SCENARIO(mutex, lock_twice) {
    goro_mutex_lock(&mu);
    goro_mutex_lock(&mu);
}
SCENARIO(mutex, try_lock) {
    bool first = goro_mutex_try_lock(&mu), second = goro_mutex_try_lock(&mu);
    goro_mutex_unlock(&mu);
    say("%s %s %s", truth(first), truth(second), truth(goro_mutex_try_lock(&mu)));
}
static void try_and_tell(chan(bool) c) { chan_send(c, goro_mutex_try_lock(&mu)); }
SCENARIO(mutex, try_lock_of_others) {
    chan(bool) c = chan_make(bool, 0);
    goro_mutex_lock(&mu);
    go(try_and_tell, c);
    say("%s", truth(chan_recv(c)));
}
SCENARIO(mutex, unlock_by_another) {
    goro_mutex_lock(&mu);
    go(goro_mutex_unlock, &mu);
    goro_mutex_lock(&mu);
    say("locked");
}

static int counter, inside, worst; /* guarded by mu */
static void count_locked(int n, bool yields) {
    for (int i = 0; i < n; i++) {
        goro_mutex_lock(&mu);
        counter++;
        inside++;
        if (yields) goro_yield();
        if (inside > worst) worst = inside;
        inside--;
        goro_mutex_unlock(&mu);
    }
}
SCENARIO(mutex, excludes) {
    goro_wg wg = {0};
    for (int i = 0; i < 8; i++) goro_wg_go(&wg, count_locked, 1000, false);
    goro_wg_wait(&wg);
    say("%d", counter);
}
SCENARIO(mutex, excludes_over_yield) {
    goro_wg wg = {0};
    for (int i = 0; i < 8; i++) goro_wg_go(&wg, count_locked, 50, true);
    goro_wg_wait(&wg);
    say("%d", worst);
}
SCENARIO(mutex, all_waiters_get_it) {
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, count_locked, 1, false);
    settle();
    say("%d", counter);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
    say("%d", counter);
}
static void lock_and_end(chan(int) done) {
    goro_mutex_lock(&mu);
    chan_close(done);
}
SCENARIO(mutex, holder_may_end) {
    chan(int) done = chan_make(int, 0);
    go(lock_and_end, done);
    chan_recv(done);
    bool first = goro_mutex_try_lock(&mu);
    goro_mutex_unlock(&mu);
    say("%s %s", truth(first), truth(goro_mutex_try_lock(&mu)));
}

/* Locks and unlocks without a pause, while others want the lock ten times each. */
static void hog(atomic_bool *stop) {
    while (!atomic_load(stop)) {
        goro_mutex_lock(&mu);
        goro_mutex_unlock(&mu);
    }
}
static void with_hog(int procs) {
    goro_wg wg = {0}, hogs = {0};
    atomic_bool stop = false;
    goro_gomaxprocs(procs);
    goro_wg_go(&hogs, hog, &stop);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, count_locked, 10, false);
    goro_wg_wait(&wg);
    set(&stop);
    goro_wg_wait(&hogs);
    say("%d", counter);
}
SCENARIO(mutex, hog_starves_nobody_1) { with_hog(1); }
SCENARIO(mutex, hog_starves_nobody_2) { with_hog(2); }

static goro_mutex other;
static void lock_other_way_round(void) {
    goro_mutex_lock(&other);
    goro_mutex_lock(&mu);
}
SCENARIO(mutex, deadlock_of_two) {
    goro_wg wg = {0};
    goro_mutex_lock(&mu);
    goro_wg_go(&wg, lock_other_way_round);
    while (goro_mutex_try_lock(&other)) {
        goro_mutex_unlock(&other);
        goro_yield();
    }
    goro_mutex_lock(&other);
}

/* -- read-write mutex --------------------------------------------------------------------------------------------------- */

static bool hold_nothing(goro_rwmutex *l) { return l != NULL; }
static void hold_and_try(bool (*hold)(goro_rwmutex *), bool (*try)(goro_rwmutex *)) {
    (void)hold(&rw);
    say("%s", truth(try(&rw)));
}
SCENARIO(rwmutex, try_read_of_free) { hold_and_try(hold_nothing, goro_rwmutex_try_rlock); }
SCENARIO(rwmutex, try_read_of_read) { hold_and_try(goro_rwmutex_try_rlock, goro_rwmutex_try_rlock); }
SCENARIO(rwmutex, try_read_of_written) { hold_and_try(goro_rwmutex_try_lock, goro_rwmutex_try_rlock); }
SCENARIO(rwmutex, try_write_of_free) { hold_and_try(hold_nothing, goro_rwmutex_try_lock); }
SCENARIO(rwmutex, try_write_of_read) { hold_and_try(goro_rwmutex_try_rlock, goro_rwmutex_try_lock); }
SCENARIO(rwmutex, try_write_of_written) { hold_and_try(goro_rwmutex_try_lock, goro_rwmutex_try_lock); }

static void do_both(void (*first)(goro_rwmutex *), void (*second)(goro_rwmutex *)) {
    first(&rw);
    second(&rw);
}
SCENARIO(rwmutex, unlock_of_unlocked) { goro_rwmutex_unlock(&rw); }
SCENARIO(rwmutex, runlock_of_unlocked) { goro_rwmutex_runlock(&rw); }
SCENARIO(rwmutex, unlock_of_read) { do_both(goro_rwmutex_rlock, goro_rwmutex_unlock); }
SCENARIO(rwmutex, runlock_of_written) { do_both(goro_rwmutex_lock, goro_rwmutex_runlock); }
SCENARIO(rwmutex, lock_twice) { do_both(goro_rwmutex_lock, goro_rwmutex_lock); }
SCENARIO(rwmutex, write_after_read) { do_both(goro_rwmutex_rlock, goro_rwmutex_lock); }
SCENARIO(rwmutex, read_after_write) { do_both(goro_rwmutex_lock, goro_rwmutex_rlock); }

static void runlock_and_close(chan(int) done) {
    goro_rwmutex_runlock(&rw);
    chan_close(done);
}
SCENARIO(rwmutex, runlock_by_another) {
    chan(int) done = chan_make(int, 0);
    goro_rwmutex_rlock(&rw);
    go(runlock_and_close, done);
    chan_recv(done);
    say("%s", truth(goro_rwmutex_try_lock(&rw)));
}
SCENARIO(rwmutex, unlock_by_another) {
    goro_rwmutex_lock(&rw);
    go(goro_rwmutex_unlock, &rw);
    goro_rwmutex_lock(&rw);
    say("locked");
}

/* Stays until so many readers are inside together. */
static void read_together(atomic_int *readers, int n) {
    goro_rwmutex_rlock(&rw);
    atomic_fetch_add(readers, 1);
    while (atomic_load(readers) < n) goro_yield();
    goro_rwmutex_runlock(&rw);
}
SCENARIO(rwmutex, readers_are_together) {
    goro_wg wg = {0};
    atomic_int readers = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, read_together, &readers, 4);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&readers));
}

/* Waits until somebody waits to write: a reader is kept out then. */
static void await_writer(void) {
    while (goro_rwmutex_try_rlock(&rw)) {
        goro_rwmutex_runlock(&rw);
        goro_yield();
    }
}
SCENARIO(rwmutex, waiting_writer_keeps_readers_out) {
    goro_rwmutex_rlock(&rw);
    go(goro_rwmutex_lock, &rw);
    await_writer();
    say("%s", truth(goro_rwmutex_try_rlock(&rw)));
}
SCENARIO(rwmutex, recursive_read_with_writer) {
    goro_rwmutex_rlock(&rw);
    go(goro_rwmutex_lock, &rw);
    await_writer();
    goro_rwmutex_rlock(&rw);
}

static const char *entered[2];
static atomic_int entries;
static void enter(const char *name) { entered[atomic_fetch_add(&entries, 1)] = name; }
static void write_once(void) {
    goro_rwmutex_lock(&rw);
    enter("writer");
    goro_rwmutex_unlock(&rw);
}
static void read_once(void) {
    goro_rwmutex_rlock(&rw);
    enter("reader");
    goro_rwmutex_runlock(&rw);
}
SCENARIO(rwmutex, writer_before_later_reader) {
    goro_wg wg = {0};
    goro_rwmutex_rlock(&rw);
    goro_wg_go(&wg, write_once);
    await_writer();
    goro_wg_go(&wg, read_once);
    settle();
    goro_rwmutex_runlock(&rw);
    goro_wg_wait(&wg);
    say("%s %s", entered[0], entered[1]);
}

static void write_and_look(atomic_int *readers, chan(int) seen) {
    goro_rwmutex_lock(&rw);
    int n = atomic_load(readers);
    goro_rwmutex_unlock(&rw);
    chan_send(seen, n);
}
SCENARIO(rwmutex, readers_before_next_writer) {
    atomic_int readers = 0;
    chan(int) seen = chan_make(int, 0);
    goro_rwmutex_lock(&rw);
    for (int i = 0; i < 3; i++) go_and_await(&rw.waiting_readers_, read_together, &readers, 3);
    go_and_await(&rw.waiting_writers_, write_and_look, &readers, seen);
    goro_rwmutex_unlock(&rw);
    say("%d", chan_recv(seen));
}

static void read_on(atomic_bool *stop) {
    while (!atomic_load(stop)) {
        goro_rwmutex_rlock(&rw);
        goro_yield();
        goro_rwmutex_runlock(&rw);
    }
}
static void write_on(atomic_bool *stop) {
    while (!atomic_load(stop)) {
        goro_rwmutex_lock(&rw);
        goro_rwmutex_unlock(&rw);
    }
}
static void against(void (*hogs)(atomic_bool *), void (*lock)(goro_rwmutex *), void (*unlock)(goro_rwmutex *)) {
    goro_wg wg = {0};
    atomic_bool stop = false;
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, hogs, &stop);
    for (int i = 0; i < 10; i++) {
        lock(&rw);
        unlock(&rw);
    }
    set(&stop);
    goro_wg_wait(&wg);
}
SCENARIO(rwmutex, readers_do_not_starve_writer) {
    against(read_on, goro_rwmutex_lock, goro_rwmutex_unlock);
    say("wrote");
}
SCENARIO(rwmutex, writers_do_not_starve_reader) {
    against(write_on, goro_rwmutex_rlock, goro_rwmutex_runlock);
    say("read");
}
