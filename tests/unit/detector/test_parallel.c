/* Many threads inside the engine at once: nothing is torn, nothing is invented, nothing is missed; while tables are
 * swept under them. Meant for TSan and ASan builds too. */
#include "engine_test.h"
#include "detector/history_list.h"
#include "detector/world.h"

#include <pthread.h>

enum { THREADS = 8, ROUNDS = 3000 };
#define SHARED ((uintptr_t)0x6600001000)
#define OWN(i) ((uintptr_t)0x6700000000 + ((uintptr_t)(i) << 20))

static struct det_task *m, *task[THREADS];
static struct det_sync *guard_clock;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static unsigned emitted;
static unsigned pairs[THREADS][THREADS];

static void count_finding(const struct finding *f, void *arg) {
    (void)arg;
    __atomic_fetch_add(&emitted, 1, __ATOMIC_RELAXED);
    if (f->accesses[0].stack.frames[0] >> 8 == 0x77 && f->accesses[1].stack.frames[0] >> 8 == 0x66)
        __atomic_fetch_add(&pairs[f->accesses[1].stack.frames[0] & 0xff][f->accesses[0].stack.frames[0] & 0xff], 1,
                           __ATOMIC_RELAXED);
}

static void start(void) {
    struct det_config c = {.emit = count_finding, .degraded = keep_degraded};

    emitted = 0;
    degraded_text = NULL;
    memset(pairs, 0, sizeof pairs);
    det_init(&c);
    m = main_task();
    wr(m, SHARED, 8, 1);
    guard_clock = det_sync_new();
    for (unsigned i = 0; i < THREADS; i++) { /* threads, goroutines on threads, goroutines nobody told where they are */
        task[i] = det_task_new(m, i % 3 ? DET_GOROUTINE : DET_THREAD, 100 + i, 0x900000, 0x5000 + i);
        if (i % 3 == 1) det_task_on_thread(task[i], i);
    }
}

static void run(void *(*body)(void *)) {
    pthread_t threads[THREADS];

    for (uintptr_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, body, (void *)i), 0);
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static void in_guard(struct det_task *t, unsigned i, unsigned round) {
    pthread_mutex_lock(&guard);
    det_acquire(t, guard_clock);
    det_lock_taken(t, FINDING_MUTEX, 0xaa, false, 0x300);
    wr(t, SHARED + 64, 8, 0x301 + i);
    wr(t, SHARED + 72 + (round & 4), 4, 0x311 + i);
    rd(t, SHARED + 64 + 8 * (round % 3), 8, 0x321 + i);
    det_range(t, SHARED + 128 + round % 7, 600, round & 1 ? DET_WRITE : DET_READ, 0x331 + i);
    det_lock_dropped(t, 0xaa, false);
    det_merge(t, guard_clock);
    pthread_mutex_unlock(&guard);
}

static void climb(struct det_task *t, unsigned depth, unsigned bits) {
    det_enter(t, 0x9000 + (bits & 3));
    wr(t, OWN(t->record->id) + 8 * depth, 8, 0x341);
    if (depth) climb(t, depth - 1, bits >> 2);
    det_leave(t);
}

static void *ordered_body(void *arg) {
    unsigned i = (unsigned)(uintptr_t)arg;
    struct det_task *t = task[i];
    uintptr_t block = OWN(i) + 0x80000;

    for (unsigned round = 0; round < ROUNDS; round++) {
        in_guard(t, i, round);
        rd(t, SHARED, 4 << (round & 1), 0x351 + i);
        det_access(t, SHARED + 8, 8, DET_ATOMIC | (round & 1), 0x361 + i);
        wr(t, SHARED + 16 + i, 1, 0x371 + i); /* neighbours in one granule */
        climb(t, 20, round * 2654435761u);
        det_alloc(t, block, 24 + round % 9000, 0x381);
        wr(t, block + round % 24, 1, 0x382);
        det_free(t, block, 0x383);
        if (round % 512 == 17) gate_set(GATE_WANTED);
    }
    det_thread_end();
    return NULL;
}

static void ordered_accesses_stay_silent(void **state) {
    (void)state;
    start();
    run(ordered_body);
    assert_int_equal(emitted, 0);
    assert_null(degraded_text);
    det_check();
    det_fini();
}

static pthread_barrier_t barrier;

/* Everyone writes a place of his own; then, after a barrier that the engine does not know of, everyone reads the places
 * of all, at the same time. */
static void *racing_body(void *arg) {
    unsigned i = (unsigned)(uintptr_t)arg;
    struct det_task *t = task[i];

    wr(t, SHARED + 256 + 2 * i, 2, 0x6600 + i);
    pthread_barrier_wait(&barrier);
    for (unsigned k = 0; k < THREADS; k++) {
        climb(t, 3, k);
        if (k != i) rd(t, SHARED + 256 + 2 * k, 2, 0x7700 + i);
    }
    if (i & 1) gate_set(GATE_WANTED);
    return NULL;
}

static void each_unordered_pair_is_found_once(void **state) {
    (void)state;
    pthread_barrier_init(&barrier, NULL, THREADS);
    start();
    run(racing_body);
    for (unsigned i = 0; i < THREADS; i++)
        for (unsigned k = 0; k < THREADS; k++) assert_int_equal(pairs[i][k], i != k);
    assert_int_equal(emitted, THREADS * (THREADS - 1));
    det_check();
    det_fini();
    pthread_barrier_destroy(&barrier);
}

/* Each place has three readers, who read it over and over, in one epoch and after the next; then a fourth writes it, and races
 * with the last read of each. Every second thread reads all of a place, the others a half: the lists differ. */
enum { READERS = 3 };
static bool reads(unsigned i, unsigned place) { return (i + THREADS - place - 1) % THREADS < READERS; }

static void *reading_body(void *arg) {
    unsigned i = (unsigned)(uintptr_t)arg;
    struct det_task *t = task[i];

    for (unsigned round = 0; round < ROUNDS; round++) {
        if (round % 64 == i) in_guard(t, i, round);
        for (unsigned k = 0; k < THREADS; k++)
            if (reads(i, k)) rd(t, SHARED + 1024 + 8 * k, i & 1 ? 8 : 4, 0x6600 + i);
        if (round % 512 == 17) gate_set(GATE_WANTED);
    }
    pthread_barrier_wait(&barrier);
    wr(t, SHARED + 1024 + 8 * i, 8, 0x7700 + i);
    return NULL;
}

static void every_reader_races_with_the_write(uint32_t hidden_reads) {
    pthread_barrier_init(&barrier, NULL, THREADS);
    start();
    history_hidden_reads = hidden_reads;
    run(reading_body);
    for (unsigned i = 0; i < THREADS; i++)
        for (unsigned k = 0; k < THREADS; k++) assert_int_equal(pairs[i][k], reads(i, k));
    assert_int_equal(emitted, THREADS * READERS);
    det_check();
    det_fini();
    pthread_barrier_destroy(&barrier);
}

static void as_on_two_processors(void **state) {
    (void)state;
    every_reader_races_with_the_write(0);
}

static void as_on_many_processors(void **state) {
    (void)state;
    every_reader_races_with_the_write(15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordered_accesses_stay_silent),
        cmocka_unit_test(each_unordered_pair_is_found_once),
        cmocka_unit_test(as_on_two_processors),
        cmocka_unit_test(as_on_many_processors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
