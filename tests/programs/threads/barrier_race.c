// Two barriers: those who met at one know nothing of those at the other.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_barrier_t a, b;

static void *meet(void *which) {
    pthread_barrier_wait(which);
    return NULL;
}

static void *one(void *arg) {
    x = 1; // race: first
    pthread_barrier_wait(&a);
    return arg;
}

static void *two(void *arg) {
    pthread_barrier_wait(&b);
    use(x); // race: second
    return arg;
}

int main(void) {
    pthread_t with_one, with_two;
    pthread_barrier_init(&a, NULL, 2);
    pthread_barrier_init(&b, NULL, 2);
    pthread_create(&with_one, NULL, meet, &a);
    pthread_create(&with_two, NULL, meet, &b);
    together(one, two);
    pthread_join(with_one, NULL);
    pthread_join(with_two, NULL);
    return 0;
}
