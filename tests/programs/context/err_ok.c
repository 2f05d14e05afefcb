// Cancel -> an err that is not zero.
// expect: none
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void canceller(void) {
    x = 1;
    goro_ctx_cancel(ctx);
}

static void worker(void) {
    while (goro_ctx_err(ctx) != GORO_CANCELED) goro_yield();
    use(x);
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together(canceller, worker);
    goro_ctx_free(ctx);
    return 0;
}
