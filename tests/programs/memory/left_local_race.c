// A goroutine gets the address of a local variable of a function that does not wait for it.
// expect: GR003
// mode: race
#include "../stage.h"

static goro_wg done;

static void count(int *n) {
    use(*n); // race: first
    goro_wg_done(&done);
}

static __attribute__((noinline)) void start(int from) {
    int n = from + 1;
    go(count, &n); // race: second
} // race: second

int main(void) {
    goro_wg_add(&done, 1);
    start(4);
    goro_wg_wait(&done);
    return 0;
}
