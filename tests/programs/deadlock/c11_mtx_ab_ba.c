// C11's mutexes, locked in opposite orders.
// expect: GD002
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <threads.h>
#include <unistd.h>

static mtx_t a, b;

static int first(void *unused) {
    mtx_lock(&a);
    stage_done();
    stage_await(2);
    mtx_lock(&b); // at: GD002
    return unused != NULL;
}

static int second(void *unused) {
    mtx_lock(&b);
    stage_done();
    stage_await(2);
    mtx_lock(&a); // at: GD002
    return unused != NULL;
}

int main(void) {
    thrd_t t[2];
    mtx_init(&a, mtx_plain);
    mtx_init(&b, mtx_plain);
    thrd_create(&t[0], first, NULL);
    thrd_create(&t[1], second, NULL);
    stage_await(2);
    until_told("GD002", 1) usleep(100000);
    return 0;
}
