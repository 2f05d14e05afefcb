// That a goroutine has ended is no synchronisation: who sees the count of goroutines fall has learnt nothing.
// expect: GR001
#include "../stage.h"

static int x;

static void child(void) {
    x = 1; // race: first
}

int main(void) {
    go(child);
    while (goro_count() > 1) goro_yield();
    use(x); // race: second
    return 0;
}
