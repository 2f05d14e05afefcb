// The first cancel orders, whoever cancels later.
// expect: none
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void first(void) {
    x = 1;
    goro_ctx_cancel(ctx);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_ctx_cancel(ctx);
    stage_done();
}

static void worker(void) {
    stage_await(2);
    chan_recv(goro_ctx_done(ctx));
    use(x);
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together3(first, second, worker);
    goro_ctx_free(ctx);
    return 0;
}
