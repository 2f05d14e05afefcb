// The same locks in one order, readers that meet, and waits for holders that go on.
// expect: none
#define _GNU_SOURCE
#include "../thread_stage.h"

static pthread_rwlock_t a = PTHREAD_RWLOCK_INITIALIZER, b = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_mutex_t checks = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static int x, y;

static void *readers_meet(void *unused) {
    for (int i = 0; i < 50; i++) {
        pthread_rwlock_rdlock(&a);
        pthread_rwlock_rdlock(&b);
        pthread_rwlock_rdlock(&a);
        pthread_rwlock_unlock(&a);
        use(x);
        pthread_rwlock_unlock(&b);
        pthread_rwlock_unlock(&a);
    }
    return unused;
}
static void *in_one_order(void *unused) {
    for (int i = 0; i < 50; i++) {
        pthread_rwlock_wrlock(&a);
        pthread_rwlock_wrlock(&b);
        x++;
        pthread_rwlock_unlock(&a);
        pthread_rwlock_unlock(&b);
        pthread_mutex_lock(&checks);
        pthread_spin_lock(&spin);
        y++;
        pthread_spin_unlock(&spin);
        pthread_mutex_unlock(&checks);
    }
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_spin_init(&spin, 0);
    pthread_create(&t, NULL, readers_meet, NULL);
    together(in_one_order, in_one_order);
    pthread_join(t, NULL);
    return y != 100;
}
