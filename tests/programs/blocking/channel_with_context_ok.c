// One cancels the context when it has found out that nobody sends.
// expect: none
#include "../live.h"

static goro_ctx *ctx;
static chan(int) c;

static void one(void) {
    int v = 0;
    chan_select {
        chan_case_recv(c, v) use(v);
        chan_case_timeout(GORO_MILLISECOND) goro_ctx_cancel(ctx);
    }
}

static void two(void) { chan_recv(goro_ctx_done(ctx)); }

int main(void) {
    c = chan_make(int, 0);
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    live_start();
    together(one, two);
    live_stop();
    chan_free(c);
    goro_ctx_free(ctx);
    return 0;
}
