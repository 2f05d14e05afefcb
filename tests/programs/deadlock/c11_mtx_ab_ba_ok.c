// C11's mutexes, in one order; a recursive one is locked twice.
// expect: none
// mode: race
#include "../thread_stage.h"

#include <stdlib.h>
#include <threads.h>

static mtx_t a, b;

static int both(void *unused) {
    for (int i = 0; i < 200; i++) {
        if (mtx_lock(&a) != thrd_success || mtx_lock(&a) != thrd_success || mtx_lock(&b) != thrd_success) abort();
        sched_yield();
        mtx_unlock(&b);
        mtx_unlock(&a);
        mtx_unlock(&a);
    }
    return unused != NULL;
}

int main(void) {
    thrd_t t[2];
    mtx_init(&a, mtx_plain | mtx_recursive);
    mtx_init(&b, mtx_plain);
    thrd_create(&t[0], both, NULL);
    thrd_create(&t[1], both, NULL);
    thrd_join(t[0], NULL);
    thrd_join(t[1], NULL);
    return 0;
}
