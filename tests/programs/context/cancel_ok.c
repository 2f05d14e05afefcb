// Cancel -> the receive from done.
// expect: none
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void canceller(void) {
    x = 1;
    goro_ctx_cancel(ctx);
}

static void worker(void) {
    chan_recv(goro_ctx_done(ctx));
    use(x);
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together(canceller, worker);
    goro_ctx_free(ctx);
    return 0;
}
