/* Sync objects by many threads at once: nothing torn, no order lost. Each thread plays many tasks, so that trees are
 * deep and shared between threads. Meant for TSan and ASan builds too. The seed is an argument. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "detector/detector.h"
#include "detector/slot.h"
#include "detector/task.h"
#include "detector/access.h"

enum { THREADS = 4, TASKS = 40, LOCKS = 8, WORDS = 16, STEPS = 8000 };

static struct lock {
    pthread_mutex_t mutex;
    struct det_sync *clock;
    uint64_t stamp; /* of who held it last */
} locks[LOCKS];
static struct word {
    uint64_t value, stamp; /* changed between begin and end only */
} words[WORDS];
static struct det_sync *wait_group, *slot, *read_clock;
static struct det_task *root;
static uint64_t first_seed = 1;
static unsigned lost;

struct player {
    pthread_t thread;
    uint64_t random;
    unsigned number;
    struct det_task *task[TASKS];
    uint64_t objects[64]; /* addresses that come and go */
};

static uint32_t random_below(struct player *p, uint32_t n) {
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return (uint32_t)((p->random >> 20) % n);
}

static uint64_t touch(struct det_task *t) { return t->touched = t->stamp; }
static void must_know(struct det_task *t, uint64_t stamp) {
    if (stamp && !task_knows(t, stamp)) __atomic_fetch_add(&lost, 1, __ATOMIC_RELAXED);
}

static void hold(struct det_task *t, struct lock *l) {
    pthread_mutex_lock(&l->mutex);
    det_acquire(t, l->clock);
    must_know(t, l->stamp);
    l->stamp = touch(t);
    det_merge(t, l->clock);
    pthread_mutex_unlock(&l->mutex);
}

static void count(struct det_task *t, struct word *w) {
    struct det_atomic a = det_atomic_begin(t, (uintptr_t)&w->value, 8, DET_ATOMIC_RMW, 0x77);
    uint64_t before = w->stamp; /* read and written under the address's lock, as the front's own operation is */
    w->stamp = touch(t);
    __atomic_fetch_add(&w->value, 1, __ATOMIC_RELAXED);
    det_atomic_end(a, DET_ATOMIC_RMW, __ATOMIC_ACQ_REL);
    must_know(t, before);
}

static void look(struct det_task *t, struct word *w) {
    struct det_atomic a = det_atomic_begin(t, (uintptr_t)&w->value, 8, DET_ATOMIC_LOAD, 0x77);
    uint64_t before = a.sync ? w->stamp : 0;
    det_atomic_end(a, DET_ATOMIC_LOAD, __ATOMIC_RELAXED);
    det_fence(t, __ATOMIC_ACQUIRE);
    must_know(t, before);
}

static void replace_task(struct player *p, unsigned i) {
    struct det_task *child = det_task_new(p->task[random_below(p, TASKS)], DET_GOROUTINE, 1000 + p->number, 0, 0);
    det_merge(p->task[i], wait_group);
    det_task_end(p->task[i]);
    p->task[i] = child;
}

static void use_own_object(struct player *p, struct det_task *t) {
    uintptr_t a = (uintptr_t)&p->objects[random_below(p, 64)];
    uint64_t stamp = touch(t);
    det_release(t, det_sync_at(a));
    struct det_task *u = p->task[random_below(p, TASKS)];
    det_acquire(u, det_sync_at(a));
    must_know(u, stamp);
    if (random_below(p, 4) == 0) det_forget(a, 8 * random_below(p, 3) + 1);
}

static void play_step(struct player *p) {
    unsigned i = random_below(p, TASKS);
    struct det_task *t = p->task[i], *u = p->task[(i + 1) % TASKS];
    switch (random_below(p, 12)) {
    case 0: case 1: case 2: case 3: hold(t, &locks[random_below(p, LOCKS)]); break;
    case 4: replace_task(p, i); break;
    case 5: det_merge(t, wait_group); break;
    case 6: det_acquire(t, random_below(p, 4) ? read_clock : wait_group); break;
    case 7: det_exchange(t, slot); break;
    case 8: count(t, &words[random_below(p, WORDS)]); break;
    case 9: look(t, &words[random_below(p, WORDS)]); break;
    case 10: det_merge(t, read_clock), det_rendezvous(t, u); break;
    default: use_own_object(p, t); break;
    }
}

static void *play(void *arg) {
    struct player *p = arg;
    for (unsigned i = 0; i < STEPS; i++) play_step(p);
    for (unsigned i = 0; i < TASKS; i++) det_task_end(p->task[i]);
    det_thread_end();
    return NULL;
}

static void run_round(uint64_t seed) {
    static struct player players[THREADS];
    slot_tenure_budget(seed % 2 ? 200 : 0); /* often, or hardly ever */
    det_init(&(struct det_config){.single = false});
    root = det_task_new(NULL, DET_MAIN, 1, 0, 0);
    wait_group = det_sync_new(), slot = det_sync_new(), read_clock = det_sync_new();
    for (unsigned i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&locks[i].mutex, NULL);
        locks[i].clock = det_sync_new();
        locks[i].stamp = 0;
    }
    for (unsigned i = 0; i < WORDS; i++) words[i] = (struct word){0};
    for (unsigned i = 0; i < THREADS; i++) {
        players[i] = (struct player){.random = seed * 0x9e3779b97f4a7c15u + i + 1, .number = i};
        for (unsigned j = 0; j < TASKS; j++) players[i].task[j] = det_task_new(root, DET_GOROUTINE, j + 2, 0, 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_create(&players[i].thread, NULL, play, &players[i]);
    for (unsigned i = 0; i < THREADS; i++) pthread_join(players[i].thread, NULL);
    det_check();
    for (unsigned i = 0; i < LOCKS; i++) det_sync_free(locks[i].clock);
    det_sync_free(wait_group), det_sync_free(slot), det_sync_free(read_clock);
    det_check();
    det_fini();
}

static void no_order_is_lost(void **state) {
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + 4; seed++) {
        run_round(seed);
        if (lost) fail_msg("seed %llu: %u ordered accesses were not known", (unsigned long long)seed, lost);
    }
    print_message("seeds %llu to %llu\n", (unsigned long long)first_seed, (unsigned long long)first_seed + 3);
}

int main(int argc, char **argv) {
    if (argc > 1) first_seed = strtoull(argv[1], NULL, 0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_order_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
