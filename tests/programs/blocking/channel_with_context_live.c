// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001 GX001
#include "../live.h"

static goro_ctx *ctx;
static chan(int) c;

static void one(void) {
    int v = 0;
    goro_empty nothing;
    chan_select { // at: GL001
        chan_case_recv(c, v) use(v);
        chan_case_recv(goro_ctx_done(ctx), nothing) {}
    }
}

static void two(void) { chan_recv(goro_ctx_done(ctx)); } // at: GL001

int main(void) {
    c = chan_make(int, 0);
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
