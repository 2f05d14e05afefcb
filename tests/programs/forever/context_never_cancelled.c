// A worker waits for the end of a context that nobody has kept.
// expect: GD003*1
// allow: GX001
#include "../live.h"

static void worker(goro_ctx *ctx) {
    goro_empty nothing;
    chan_recv_ok(goro_ctx_done(ctx), &nothing); // at: GD003
}

static __attribute__((noinline)) void start(void) { go(worker, goro_ctx_with_cancel(goro_ctx_background())); }

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
