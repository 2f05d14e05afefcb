// Workers wait for a context's end: one by its deadline, which only the runtime knows of, one by its parent's cancelling.
// expect: none
// allow: GX001
#include "../live.h"

static goro_wg wg;

static void worker(goro_ctx *ctx) {
    goro_empty nothing;
    chan_recv_ok(goro_ctx_done(ctx), &nothing);
    goro_wg_done(&wg);
}

static void start_deadline(void) {
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), GORO_SECOND / 5);
    goro_wg_add(&wg, 1);
    go(worker, ctx);
}

static void start_child(goro_ctx *parent) {
    goro_ctx *ctx = goro_ctx_with_cancel(parent);
    goro_wg_add(&wg, 1);
    go(worker, ctx);
}

int main(void) {
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    live_start();
    start_deadline();
    start_child(parent);
    goro_sleep(GORO_SECOND / 4);
    goro_ctx_cancel(parent);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
