// Two locks taken in one order, then, when all of that is over, in the other: no deadlock is possible.
// expect: none
#include "../stage.h"

static goro_mutex a, b;
static int x;

static void one(void) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b);
    x++;
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
}

static void two(void) {
    goro_mutex_lock(&b);
    goro_mutex_lock(&a);
    x++;
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&b);
}

int main(void) {
    together(one, one);
    together(two, two);
    return x != 4;
}
