// An err of zero orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void one(void) {
    x = 1; // race: first
    if (goro_ctx_err(ctx)) goro_panic("nobody has cancelled");
    stage_done();
}

static void two(void) {
    stage_await(1);
    if (goro_ctx_err(ctx)) goro_panic("nobody has cancelled");
    use(x); // race: second
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together(one, two);
    goro_ctx_cancel(ctx);
    goro_ctx_free(ctx);
    return 0;
}
