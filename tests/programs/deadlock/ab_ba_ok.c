// The same two mutexes in the same order.
// expect: none
#include "../stage.h"

static goro_mutex a, b;
static int x;

static void visitor(void) {
    for (int i = 0; i < 100; i++) {
        goro_mutex_lock(&a);
        goro_yield();
        goro_mutex_lock(&b);
        x++;
        goro_mutex_unlock(&b);
        goro_mutex_unlock(&a);
    }
}

int main(void) {
    together(visitor, visitor);
    return x != 200;
}
