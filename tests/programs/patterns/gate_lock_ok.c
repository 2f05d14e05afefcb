// Two locks taken in both orders, always under a third: no deadlock is possible.
// expect: none
#include "../stage.h"

static goro_mutex gate, a, b;
static int x;

static void one(void) {
    for (int i = 0; i < 20; i++) {
        goro_mutex_lock(&gate);
        goro_mutex_lock(&a);
        goro_mutex_lock(&b);
        x++;
        goro_mutex_unlock(&b);
        goro_mutex_unlock(&a);
        goro_mutex_unlock(&gate);
    }
}

static void two(void) {
    for (int i = 0; i < 20; i++) {
        goro_mutex_lock(&gate);
        goro_mutex_lock(&b);
        goro_mutex_lock(&a);
        x++;
        goro_mutex_unlock(&a);
        goro_mutex_unlock(&b);
        goro_mutex_unlock(&gate);
    }
}

int main(void) {
    together(one, two);
    return x != 40;
}
