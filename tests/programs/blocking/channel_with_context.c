// Both hear a context that nobody cancels, and a channel on which nobody sends.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_ctx *ctx;
static chan(int) c;

static void one(void) {
    int v = 0;
    goro_empty nothing;
    chan_select { // at: GD001
        chan_case_recv(c, v) use(v);
        chan_case_recv(goro_ctx_done(ctx), nothing) {}
    }
}

static void two(void) { chan_recv(goro_ctx_done(ctx)); } // at: GD001

int main(void) {
    c = chan_make(int, 0);
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together(one, two);
    return 0;
}
