// The old __sync builtins are full barriers.
// expect: none
#include "../stage.h"

static int x, lock;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        while (__sync_lock_test_and_set(&lock, 1)) goro_yield();
        x++;
        __sync_lock_release(&lock);
    }
}

int main(void) {
    together(count, count);
    return x != 100;
}
