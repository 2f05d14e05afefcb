// Two spin locks for one variable.
// expect: GR001
#include "../thread_stage.h"

static int x;
static pthread_spinlock_t a, b;

static void *one(void *arg) {
    pthread_spin_lock(&a);
    x++; // race: first
    pthread_spin_unlock(&a);
    return arg;
}

static void *two(void *arg) {
    pthread_spin_lock(&b);
    x++; // race: second
    pthread_spin_unlock(&b);
    return arg;
}

int main(void) {
    pthread_spin_init(&a, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_init(&b, PTHREAD_PROCESS_PRIVATE);
    together(one, two);
    return 0;
}
