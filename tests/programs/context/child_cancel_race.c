// A child's cancel does not reach its parent, nor its brother: no order there.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ctx *parent, *child, *brother;

static void canceller(void) {
    x = 1; // race: first
    goro_ctx_cancel(child);
    stage_done();
}

static void watcher(void) {
    stage_await(1);
    if (goro_ctx_err(parent) || goro_ctx_err(brother)) goro_panic("cancelled upwards");
    use(x); // race: second
}

int main(void) {
    parent = goro_ctx_with_cancel(goro_ctx_background());
    child = goro_ctx_with_cancel(parent);
    brother = goro_ctx_with_cancel(parent);
    together(canceller, watcher);
    goro_ctx_cancel(parent);
    goro_ctx_free(child);
    goro_ctx_free(brother);
    goro_ctx_free(parent);
    return 0;
}
