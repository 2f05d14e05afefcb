// Locks in any order, the second by try, giving up the first when it fails: no deadlock.
// expect: none
#include "../stage.h"

static goro_mutex a, b;
static int x;

static void both(goro_mutex *first, goro_mutex *second) {
    for (;;) {
        goro_mutex_lock(first);
        if (goro_mutex_try_lock(second)) break;
        goro_mutex_unlock(first);
        goro_yield();
    }
    x++;
    goro_mutex_unlock(second);
    goro_mutex_unlock(first);
}

static void one(void) {
    for (int i = 0; i < 20; i++) both(&a, &b);
}

static void two(void) {
    for (int i = 0; i < 20; i++) both(&b, &a);
}

int main(void) {
    together(one, two);
    return x != 40;
}
