// A try_lock that succeeds orders as a lock.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        while (!goro_mutex_try_lock(&mu)) goro_yield();
        x++;
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    together(count, count);
    return x != 100;
}
