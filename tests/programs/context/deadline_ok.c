// What came before with_timeout is before the deadline's done.
// expect: none
#include "../stage.h"

static int x;

static void worker(goro_wg *wg, goro_ctx *ctx) {
    chan_recv(goro_ctx_done(ctx));
    if (goro_ctx_err(ctx) != GORO_DEADLINE_EXCEEDED) goro_panic("err is %d", goro_ctx_err(ctx));
    use(x);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    x = 1;
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), 2 * GORO_MILLISECOND);
    goro_wg_add(&wg, 2);
    go(worker, &wg, ctx);
    go(worker, &wg, ctx);
    goro_wg_wait(&wg);
    goro_ctx_free(ctx);
    return 0;
}
