// What comes after the cancel is unordered with those who hear of it.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void canceller(void) {
    goro_ctx_cancel(ctx);
    x = 1; // race: first
}

static void worker(void) {
    chan_recv(goro_ctx_done(ctx));
    use(x); // race: second
}

int main(void) {
    ctx = goro_ctx_with_cancel(goro_ctx_background());
    together(canceller, worker);
    goro_ctx_free(ctx);
    return 0;
}
