// The deadline's firing publishes nothing of what others did meanwhile.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ctx *ctx;

static void writer(void) {
    x = 1; // race: first
    stage_done();
}

static void worker(void) {
    stage_await(1);
    chan_recv(goro_ctx_done(ctx));
    use(x); // race: second
}

int main(void) {
    ctx = goro_ctx_with_deadline(goro_ctx_background(), goro_now() + 2 * GORO_MILLISECOND);
    together(writer, worker);
    goro_ctx_free(ctx);
    return 0;
}
