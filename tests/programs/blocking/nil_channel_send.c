// A goroutine sends on a NULL channel, and main waits for it.
// expect: GD001 GC003
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static chan(int) jobs;

static void produce(void) { chan_send(jobs, 1); } // at: GC003
static void nothing(void) {}

int main(void) {
    together(produce, nothing);
    return 0;
}
