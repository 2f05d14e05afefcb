// C11's mutexes: locked in opposite orders, unlocked when free, destroyed while held.
// expect: GD002 GM001 GM003
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <threads.h>
#include <unistd.h>

static mtx_t a, b, c;

static int first(void *unused) {
    (void)unused;
    mtx_lock(&a);
    stage_done();
    stage_await(2);
    return mtx_lock(&b); // at: GD002
}
static int second(void *unused) {
    (void)unused;
    mtx_lock(&b);
    stage_done();
    stage_await(2);
    return mtx_lock(&a); // at: GD002
}

int main(void) {
    thrd_t t;
    mtx_init(&a, mtx_plain);
    mtx_init(&b, mtx_plain);
    mtx_init(&c, mtx_plain);
    mtx_unlock(&c); // at: GM001
    mtx_init(&c, mtx_plain);
    mtx_lock(&c);
    mtx_destroy(&c); // at: GM003
    if (thrd_create(&t, first, NULL) || thrd_create(&t, second, NULL)) return 1;
    stage_await(2);
    until_told("GD002", 1) usleep(100000);
    return 0;
}
