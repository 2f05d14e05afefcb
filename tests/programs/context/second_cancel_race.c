// A later cancel changes nothing and orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void first(void) {
    goro_ctx_cancel(ctx);
    stage_done();
}

static void second(void) {
    stage_await(1);
    x = 1; // race: first
    goro_ctx_cancel(ctx);
    stage_done();
}

static void worker(void) {
    stage_await(2);
    chan_recv(goro_ctx_done(ctx));
    use(goro_ctx_err(ctx));
    use(x); // race: second
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together3(first, second, worker);
    goro_ctx_free(ctx);
    return 0;
}
