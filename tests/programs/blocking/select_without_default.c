// Two selects that send, and nobody who receives; a NULL channel is no way out.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static chan(int) c, never;

static void one(void) {
    int v = 0;
    chan_select { // at: GD001
        chan_case_send(c, 1) {}
        chan_case_recv(never, v) use(v);
    }
}

static void two(void) {
    chan_select { // at: GD001
        chan_case_send(c, 2) {}
    }
}

int main(void) {
    c = chan_make(int, 0);
    together(one, two);
    return 0;
}
