// A function gives a thread the address of one of its local variables and returns without joining it.
// expect: GR003
// mode: race
// each: joined_by_the_caller
// each: detached
// each: c11
// each: by_a_thread
#include "../pick.h"
#include "../thread_stage.h"
#include <threads.h>

#define APART static __attribute__((noinline))

static int value = 1;
static pthread_t thread;
static thrd_t c11_thread;

static void *body(void *arg) {
    use(*(int *)arg); // race: first
    stage_done();
    return NULL;
}
static int c11_body(void *arg) {
    use(*(int *)arg); // race: first
    return 0;
}

APART void start(void) {
    int n = value;
    pthread_create(&thread, NULL, body, &n); // race: second
} // race: second
APART void start_detached(void) {
    int n = value;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &attr, body, &n);
    pthread_attr_destroy(&attr); // race: second
} // race: second
APART void start_c11(void) {
    int n = value;
    thrd_create(&c11_thread, c11_body, &n); // race: second
} // race: second
static void *starter(void *arg) {
    int n = value;
    pthread_create(&thread, NULL, body, &n);
    return arg; // race: second
} // race: second

static void joined_by_the_caller(void) {
    start();
    pthread_join(thread, NULL);
}
static void detached(void) {
    start_detached();
    stage_await(1);
}
static void c11(void) {
    start_c11();
    thrd_join(c11_thread, NULL);
}
static void by_a_thread(void) {
    pthread_t first;
    pthread_create(&first, NULL, starter, NULL);
    pthread_join(first, NULL);
    pthread_join(thread, NULL);
}

static const struct pattern patterns[] = {PATTERN(joined_by_the_caller), PATTERN(detached), PATTERN(c11),
                                          PATTERN(by_a_thread)};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
