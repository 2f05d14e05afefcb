// Threads with the address of a local variable that are joined before the function returns.
// expect: none
// each: joined
// each: two_at_a_time
// each: by_flag
// each: by_semaphore
// each: argument_copied
#include "../pick.h"
#include "../thread_stage.h"
#include <semaphore.h>

#define APART static __attribute__((noinline))

struct task {
    int in, out;
    atomic_int taken;
    sem_t done;
};

static void *body(void *arg) {
    struct task *t = arg;
    t->out = t->in + 1;
    return NULL;
}
APART void start_and_join(int n) {
    struct task t = {.in = n};
    pthread_t thread;
    pthread_create(&thread, NULL, body, &t);
    pthread_join(thread, NULL);
    use(t.out);
}
static void joined(void) {
    for (int i = 0; i < 5; i++) start_and_join(i);
}

APART void start_two(int n) {
    struct task t[2] = {{.in = n}, {.in = n + 1}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, body, &t[i]);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    use(t[0].out + t[1].out);
}
static void two_at_a_time(void) {
    for (int i = 0; i < 5; i++) start_two(i), start_and_join(i);
}

static void *flags(void *arg) {
    struct task *t = arg;
    t->out = t->in;
    atomic_store(&t->taken, 1);
    return NULL;
}
static pthread_t flagging;
APART void start_flagged(void) {
    struct task t = {.in = 1};
    pthread_create(&flagging, NULL, flags, &t);
    while (!atomic_load(&t.taken)) sched_yield();
}
static void by_flag(void) {
    for (int i = 0; i < 3; i++) {
        start_flagged();
        start_and_join(i);
        pthread_join(flagging, NULL);
    }
}

static sem_t done;
static void *posts(void *arg) {
    struct task *t = arg;
    t->out = t->in;
    sem_post(&done);
    return NULL;
}
APART void start_posting(pthread_t *thread) {
    struct task t = {.in = 1};
    pthread_create(thread, NULL, posts, &t);
    sem_wait(&done);
}
static void by_semaphore(void) {
    pthread_t thread;
    sem_init(&done, 0, 0);
    start_posting(&thread);
    start_and_join(1);
    pthread_join(thread, NULL);
}

static void *copies(void *arg) {
    int n = *(int *)arg;
    sem_post(&done);
    use(n);
    return NULL;
}
APART void start_copying(pthread_t *thread) {
    int n = 5;
    pthread_create(thread, NULL, copies, &n);
    sem_wait(&done);
}
static void argument_copied(void) {
    pthread_t thread;
    sem_init(&done, 0, 0);
    start_copying(&thread);
    pthread_join(thread, NULL);
}

static const struct pattern patterns[] = {PATTERN(joined), PATTERN(two_at_a_time), PATTERN(by_flag),
                                          PATTERN(by_semaphore), PATTERN(argument_copied)};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
