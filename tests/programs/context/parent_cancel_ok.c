// A parent's cancel reaches all generations of children, with its order.
// expect: none
#include "../stage.h"

static int x;
static goro_ctx *ctx[4];

static void worker(int i) {
    chan_recv(goro_ctx_done(ctx[i]));
    if (goro_ctx_err(ctx[i]) != GORO_CANCELED) goro_panic("err is %d", goro_ctx_err(ctx[i]));
    use(x);
}

int main(void) {
    goro_wg wg = {0};
    ctx[0] = goro_ctx_with_cancel(goro_ctx_background());
    ctx[1] = goro_ctx_with_timeout(ctx[0], GORO_HOUR);
    ctx[2] = goro_ctx_with_value(ctx[1], "key", "value");
    ctx[3] = goro_ctx_with_cancel(ctx[2]);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, worker, i);
    x = 1;
    goro_ctx_cancel(ctx[0]);
    goro_wg_wait(&wg);
    for (int i = 3; i >= 0; i--) goro_ctx_free(ctx[i]);
    return 0;
}
