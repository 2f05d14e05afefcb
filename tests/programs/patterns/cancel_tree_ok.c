// Work under a context; the first error cancels, everyone leaves and is joined; the reason is read after the join.
// expect: none
#include "../stage.h"

static int reason;
static goro_once once;

static void fail(goro_ctx *ctx, int why) {
    reason = why;
    goro_ctx_cancel(ctx);
}

static void worker(goro_ctx *ctx, int i) {
    goro_empty none;
    if (i == 7) goro_once_do(&once, fail, ctx, i);
    for (bool on = true; on;) {
        chan_select {
            chan_case_recv(goro_ctx_done(ctx), none) { on = false; }
            chan_case_timeout(10 * GORO_SECOND) { goro_panic("not cancelled"); }
        }
    }
    use(reason);
    (void)none;
}

int main(void) {
    goro_wg wg = {0};
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, worker, ctx, i);
    goro_wg_wait(&wg);
    goro_ctx_free(ctx);
    return reason != 7;
}
