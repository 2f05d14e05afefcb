/* The goroutine dump: for everybody id, name, what it waits for and since when, stack, who started it. */
#include "ending.h"
#include "runtime/dump.h"
#include "runtime/goro.h"
#include "runtime/proc.h"

/* -- the cases: each ends with all asleep -------------------------------------------------------------------------------- */

static chan(int) c, d, e;
static goro_mutex mutex;
static goro_rwmutex rw;
static goro_wg wg;
static goro_cond cond;
static goro_once once;
static goro_sem sem;

static void sends(void) { chan_send(c, 1); }
static void receives(void) { chan_recv(d); }
static void selects(void) {
    int v;
    chan_select {
        chan_case_recv(e, v) {}
        chan_case_send(e, 1) {}
    }
}
static void selects_nothing(void) {
    chan_select {}
}
static void sends_nowhere(void) { chan_send((chan(int))NULL, 1); }
static void locks(void) { goro_mutex_lock(&mutex); }
static void reads(void) { goro_rwmutex_rlock(&rw); }
static void waits(void) { goro_wg_wait(&wg); }
static void waits_for_signal(void) {
    goro_mutex m = {0};
    goro_cond_init(&cond, &m);
    goro_mutex_lock(&m);
    goro_cond_wait(&cond);
}
static void does_once(void) { goro_once_do(&once, locks); }
static void acquires(void) { goro_sem_acquire(&sem, NULL, 1); }
static void named(void) {
    goro_set_name("the one with a name");
    chan_recv(d);
}

static void case_states(void) {
    static void (*const all[])(void) = {sends,     receives, selects, selects_nothing,  sends_nowhere,
                                        locks,     reads,    waits,   waits_for_signal, does_once,
                                        does_once, acquires, named};
    c = chan_make(int, 0);
    d = chan_make(int, 0);
    e = chan_make(int, 0);
    goro_sem_init(&sem, 1);
    goro_sem_acquire(&sem, NULL, 1);
    goro_mutex_lock(&mutex);
    goro_rwmutex_lock(&rw);
    goro_wg_add(&wg, 1);
    for (unsigned i = 0; i < array_length(all); i++) {
        go(all[i]);
        goro_yield(); /* one after the other, so that numbers are known */
    }
    chan_recv((chan(int))NULL);
}

static void age(struct g *g, void *seconds) {
    if (g->state == G_PARKED) g->wait_since = clock_now() - (int64_t)(uintptr_t)seconds * 1000000000;
}

static void sleep_long(unsigned seconds) {
    d = chan_make(int, 0);
    go(receives);
    goro_yield();
    records_walk(age, (void *)(uintptr_t)seconds);
    chan_recv(d);
}
static void case_59_seconds(void) { sleep_long(59); }
static void case_61_seconds(void) { sleep_long(61); }
static void case_150_seconds(void) { sleep_long(150); }

/* Main parks in the first operation of all: the clock must run already. */
static void case_first(void) {
    struct g *g = runtime_enter();
    if (hint_get(sched.coarse_now) == 0) _exit(1);
    runtime_leave(g);
    _exit(7);
}

/* One has the locks, others want them, in this order. */
static void case_line(void) {
    static void (*const all[])(void) = {locks, locks, locks, reads, reads};
    goro_mutex_lock(&mutex);
    goro_rwmutex_lock(&rw);
    for (unsigned i = 0; i < array_length(all); i++) {
        go(all[i]);
        goro_yield();
    }
    goro_wg_add(&wg, 3);
    goro_wg_wait(&wg);
}

static void panics(void) { goro_panic("enough"); }
static void case_panic_all(void) {
    setenv("GORO_TRACEBACK", "all", 1);
    d = chan_make(int, 0);
    go(named);
    goro_yield();
    go(panics);
    chan_recv(d);
}

static const struct ending_case cases[] = {
    {"states", case_states},   {"59", case_59_seconds}, {"61", case_61_seconds},
    {"150", case_150_seconds}, {"first", case_first},   {"panic-all", case_panic_all}, {"line", case_line},
};

/* -- the tests ------------------------------------------------------------------------------------------------------------ */

static void every_wait_is_named_with_its_object(void **state) {
    (void)state;
    expect_ending("states", 2, "\ngoroutine 1 [chan receive (nil chan)]:", "\ngoroutine 2 [chan send 0x",
                  "\ngoroutine 3 [chan receive 0x", "\ngoroutine 4 [select 0x", "\ngoroutine 5 [select (no cases)]:",
                  "\ngoroutine 6 [chan send (nil chan)]:", "\ngoroutine 7 [mutex lock 0x",
                  "\ngoroutine 8 [rwmutex lock 0x", "\ngoroutine 9 [wait group wait 0x", "\ngoroutine 10 [cond wait 0x",
                  "\ngoroutine 11 [mutex lock 0x", "\ngoroutine 12 [once 0x", "\ngoroutine 13 [semaphore acquire 0x",
                  "\ngoroutine 14 \"the one with a name\" [chan receive 0x");
}

static void every_goroutine_has_its_stack_and_its_origin(void **state) {
    (void)state;
    expect_ending("states", 2, "\nsends\n", "\nselects_nothing\n", "\ndoes_once\n",
                  "\ncreated by case_states in goroutine 1\n");
}

static void waits_are_told_in_minutes_from_one_on(void **state) {
    (void)state;
    struct ending short_wait = run_case("59");
    expect(&short_wait, 2, (const char *const[]){"\ngoroutine 2 [chan receive 0x", NULL});
    assert_null(strstr(short_wait.text, "minutes"));
    assert_null(strstr(short_wait.text, " second"));
    expect_ending("61", 2, ", 1 minutes]:\n");
    expect_ending("150", 2, ", 2 minutes]:\n");
    expect_ending("first", 7, "");
}

static void a_panic_shows_the_others_when_asked(void **state) {
    (void)state;
    expect_ending("panic-all", 2, "panic: enough\n\ngoroutine 3 [running]:\n", "\npanics\n",
                  "\ngoroutine 1 [chan receive 0x", "\ngoroutine 2 \"the one with a name\" [chan receive 0x");
}

static void a_wait_tells_holder_and_place_in_line(void **state) {
    (void)state;
    expect_ending("line", 2, ", held by goroutine 1, 1 of 3 in line]:", ", held by goroutine 1, 2 of 3 in line]:",
                  ", held by goroutine 1, 3 of 3 in line]:", ", held by goroutine 1, 1 of 2 in line]:",
                  ", held by goroutine 1, 2 of 2 in line]:", ", counter 3]:");
}

int main(int argc, char **argv) {
    if (argc > 1) return ending_run(cases, array_length(cases), argv[1]);
    setenv("GOMAXPROCS", "1", 1); /* for the cases, which rely on what a yield does */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_tells_holder_and_place_in_line),
        cmocka_unit_test(every_wait_is_named_with_its_object),
        cmocka_unit_test(a_wait_tells_holder_and_place_in_line),
        cmocka_unit_test(every_goroutine_has_its_stack_and_its_origin),
        cmocka_unit_test(waits_are_told_in_minutes_from_one_on),
        cmocka_unit_test(a_panic_shows_the_others_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
